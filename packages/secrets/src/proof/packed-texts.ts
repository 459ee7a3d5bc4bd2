const starts = ['H4sI', 'UEsDB', 'KLUv/', 'KLUv_'];
const startsTwice = starts.map((start) => btoa(start).slice(0, 5));

/** How content begins that is packed (gzip, zip, zstd) and then written in base64, once or twice. Of at least five characters, for speed. */
export const packedTextStarts: readonly string[] = [
  // After the third byte of gzip come flags, below 32 (RFC 1952 §2.3.1): five bits of the fifth character.
  ...Array.from('ABCDEFGH', (flags) => `H4sI${flags}`),
  ...starts.slice(1),
  ...startsTwice,
];

const minPackedBytes = 32;
/** A shorter line is the last one of its text. */
const minLine = 40;
const isCharacter = Uint8Array.from({ length: 256 }, (_, byte) => (/[\w+/-]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** What stands in the texts that begin at these places, decoded. */
export function* decodePackedTexts(content: Buffer, places: readonly number[]): Generator<Buffer> {
  for (const at of places) {
    if (isCharacter[content[at - 1] ?? 0] === 1 && !/(?:^|[^\\])\\[nrt]$/.test(content.toString('latin1', Math.max(0, at - 3), at)))
      continue;
    const decoded = Buffer.from(readText(content, at), 'base64');
    if (decoded.length >= minPackedBytes) yield decoded;
  }
}

/** The text that begins there, on one line or more. */
function readText(content: Buffer, at: number): string {
  const lines: string[] = [];
  for (let start: number | undefined = at; start !== undefined;) {
    let end: number = start;
    while (end < content.length && isCharacter[content[end]!] === 1) end++;
    lines.push(content.toString('latin1', start, end));
    start = end - start < minLine ? undefined : findNextLine(content, end);
  }
  return lines.join('');
}

/** Where the text goes on behind a line break. Not where another one begins. */
function findNextLine(content: Buffer, end: number): number | undefined {
  const between = /^[ \t]*\r?\n[ \t]*(?=[\w+/-])/.exec(content.toString('latin1', end, end + 64));
  if (!between) return undefined;
  const next = end + between[0].length;
  const begins = content.toString('latin1', next, next + 5);
  return [...starts, ...startsTwice].some((start) => begins.startsWith(start)) ? undefined : next;
}
