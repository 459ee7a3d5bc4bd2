import type { ReportBytes } from './report-bytes.ts';

const chunkBytes = 1 << 15;

/** The text of a report in XML, decoded as its declaration says (https://www.w3.org/TR/xml/#charencoding); UTF-16 has been converted before. */
export async function* decodeXml(source: ReportBytes): AsyncGenerator<string> {
  const bytes = Buffer.allocUnsafe(chunkBytes);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for (let position = 0; ;) {
    const count = await source.read(bytes, position);
    if (count === 0) break;
    position += count;
    const chunk = bytes.subarray(0, count);
    decoder ??= createDecoder(chunk);
    // What XML 1.0 does not allow stands in real reports, in texts that scanners took from what they scanned.
    const decoded = decoder.decode(chunk, { stream: true });
    const text = notAllowed.reduce((sound, characters) => sound.replaceAll(characters, '\u{fffd}'), decoded);
    // HTML may write it small.
    yield position === count ? text.replace('<!doctype', '<!DOCTYPE') : text;
  }
  if (decoder) yield decoder.decode();
}

/** One after the other: for a few characters the engine looks at many places at a time, for all of them at each by itself. */
const notAllowed = [/[\u0000-\u0008\u000b\u000c\u000e\u000f\ufffe\uffff]/g, /[\u0010-\u001f]/g];

function createDecoder(beginning: Buffer): InstanceType<typeof TextDecoder> {
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(beginning.toString('latin1', 0, 200))?.[1];
  try {
    // A converted report still says what it was.
    return new TextDecoder(declared === undefined || /^utf-?16|^ucs-?2/i.test(declared) ? 'utf-8' : declared);
  } catch {
    return new TextDecoder('utf-8');
  }
}
