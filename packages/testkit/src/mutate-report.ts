type Random = (below: number) => number;
type Mutation = (report: Buffer, random: Random) => Buffer;

/** A report as it is after an accident, or as somebody makes it who means harm; the same for the same seed. */
export function mutateReport(report: Buffer, seed: number): Buffer {
  const random = createRandom(seed);
  const mutate = mutations[seed % mutations.length]!;
  return mutate(report, random);
}

/** Seeds in a row have different ones. */
const mutations: readonly Mutation[] = [
  // Cut.
  (report, random) => report.subarray(0, random(report.length + 1)),
  // Flipped bytes.
  (report, random) => {
    const flipped = Buffer.from(report);
    if (flipped.length > 0) for (let count = 1 + random(20); count > 0; count--) flipped[random(flipped.length)]! ^= 1 << random(8);
    return flipped;
  },
  // Values of other types.
  (report, random) => {
    let text = report.toString('latin1');
    for (let count = 1 + random(10); count > 0; count--) text = replaceValue(text, random, odd[random(odd.length)]!);
    return Buffer.from(text, 'latin1');
  },
  // Deep nesting.
  (report, random) => {
    const depth = 1000 * (1 + random(200));
    const isXml = report.subarray(0, 4096).toString('latin1').trimStart().startsWith('<');
    const [open, close] = isXml
      ? ['<a>', '</a>']
      : [
          ['[', ']'],
          ['{"a":', '}'],
        ][random(2)]!;
    const nested = `${open!.repeat(depth)}${isXml ? '' : '1'}${close!.repeat(depth)}`;
    return Buffer.from(replaceValue(report.toString('latin1'), random, nested), 'latin1');
  },
  // Huge fields.
  (report, random) => {
    const text = 'A'.repeat(1_000_000 * (1 + random(12)));
    const isXml = report.subarray(0, 4096).toString('latin1').trimStart().startsWith('<');
    return Buffer.from(replaceValue(report.toString('latin1'), random, isXml ? text : `"${text}"`), 'latin1');
  },
  // Pieces that come twice, are missing, or change places.
  (report, random) => {
    const [from, to] = [random(report.length + 1), random(report.length + 1)].sort((a, b) => a - b) as [number, number];
    const [before, piece, after] = [report.subarray(0, from), report.subarray(from, to), report.subarray(to)];
    return Buffer.concat(
      [
        [before, piece, piece, after],
        [before, after],
        [after, piece, before],
      ][random(3)]!,
    );
  },
];

const odd: readonly string[] = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '-7',
  '1e999',
  '"\\u0000\\ud800"',
  '{"__proto__":{"polluted":1}}',
  '"=cmd|calc"',
  '[[{}]]',
  '&amp;&lt;',
];

/** One of the values of a JSON member, or of the texts of an XML element, becomes another; where there is neither, something comes between. */
function replaceValue(text: string, random: Random, value: string): string {
  const from = random(text.length + 1);
  const pattern = /(?<=[:,[]\s?)(?:"(?:[^"\\\n]|\\.){0,2000}"|-?\d[\d.]{0,30}|true|false|null)(?=\s*[,}\]])|(?<=>)[^<>]{1,2000}(?=<\/)/g;
  pattern.lastIndex = from;
  const place = pattern.exec(text);
  if (place === null) return text.slice(0, from) + value + text.slice(from);
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
}

/** Mulberry32. */
function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
