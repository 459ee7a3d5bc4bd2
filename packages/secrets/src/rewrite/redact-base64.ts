interface Base64Hit {
  readonly start: number;
  readonly end: number;
  /** Characters of its group of four that stand before the hit. */
  readonly groupOffset: 0 | 2 | 3;
}

export interface Base64Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

const standardAlphabet = /[A-Za-z0-9+/]/;
const urlAlphabet = /[A-Za-z0-9\-_]/;
const equalsSign = 0x3d;

/**
 * What to do with base64 text that holds a value: where it decodes cleanly, it is decoded, redacted and encoded again as it was; where it
 * does not (its beginning is unclear, it is cut), the whole run of its characters gives way to the replacement.
 *
 * `redactDecoded` returns `undefined` when it finds nothing, which means that the text was read at the wrong place.
 */
export function redactBase64(
  content: Buffer,
  hit: Base64Hit,
  redactDecoded: (decoded: Buffer) => Buffer | undefined,
  replacement: Buffer,
): Base64Edit {
  const runs = [findRun(content, hit, standardCharacters), findRun(content, hit, urlCharacters)];
  const [standard, url] = runs as [Run, Run];
  // A complete, padded group structure first: in standard base64 a slash belongs to the text, in a URL path it ends it.
  for (const { run, encoding } of [
    { run: standard, encoding: 'base64' },
    { run: url, encoding: 'base64url' },
  ] as const) {
    const bytes = redactRun(content, run, hit, encoding, redactDecoded);
    if (bytes) return { start: run.start, end: run.end, bytes };
  }
  const shorter = standard.end - standard.start <= url.end - url.start ? standard : url;
  return { start: shorter.start, end: shorter.end, bytes: replacement };
}

interface Run {
  readonly start: number;
  /** After the padding. */
  readonly end: number;
  readonly paddingBytes: number;
}

function redactRun(
  content: Buffer,
  run: Run,
  hit: Base64Hit,
  encoding: 'base64' | 'base64url',
  redactDecoded: (decoded: Buffer) => Buffer | undefined,
): Buffer | undefined {
  if ((hit.start - run.start) % 4 !== hit.groupOffset) return undefined;
  const text = content.toString('latin1', run.start, run.end - run.paddingBytes);
  const isPadded = run.paddingBytes > 0;
  if (isPadded && (text.length + run.paddingBytes) % 4 !== 0) return undefined;
  const decoded = Buffer.from(text, encoding);
  if (withoutPadding(decoded.toString(encoding)) !== text) return undefined;
  const redacted = redactDecoded(decoded);
  if (!redacted) return undefined;
  const encoded = withoutPadding(redacted.toString(encoding));
  // A text of whole groups does not show whether its writer pads; standard base64 does as a rule.
  const pads = isPadded || (encoding === 'base64' && text.length % 4 === 0);
  return Buffer.from(pads ? encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=') : encoded, 'latin1');
}

function findRun(content: Buffer, hit: Base64Hit, characters: Uint8Array): Run {
  let start = hit.start;
  while (start > 0 && characters[content[start - 1]!] === 1) start--;
  let end = hit.end;
  while (end < content.length && characters[content[end]!] === 1) end++;
  let paddingBytes = 0;
  while (paddingBytes < 2 && content[end + paddingBytes] === equalsSign) paddingBytes++;
  return { start, end: end + paddingBytes, paddingBytes };
}

function withoutPadding(text: string): string {
  return text.replace(/(?<!=)=+$/, '');
}

const standardCharacters = listCharacters(standardAlphabet);
const urlCharacters = listCharacters(urlAlphabet);

function listCharacters(alphabet: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (alphabet.test(String.fromCharCode(code)) ? 1 : 0));
}
