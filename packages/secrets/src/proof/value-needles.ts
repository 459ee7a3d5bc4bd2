import { decodeUtf8 } from './decode-utf8.ts';

/** A byte string whose presence shows that a value is still there, or may be. */
export interface ValueNeedle {
  readonly bytes: Buffer;
  /** Which of the values. */
  readonly value: number;
  /** How the value is written there: `plain`, `base64`, … */
  readonly form: string;
  /**
   * Absent: the needle is proof enough. `escaped`: a part that escaping leaves alone; the surroundings decide after unescaping.
   * `split`: a part of `whole`; the surroundings decide after line breaks and quotes between the parts are taken out.
   */
  readonly confirm?: 'escaped' | 'split';
  /** Of `split` needles: what must stand there. Latin-1. */
  readonly whole?: string;
}

/** Values shorter than this cannot be searched: they stand in any large repository by chance. */
export const minValueBytes = 4;

/**
 * Every way in which the values (Latin-1, one character a byte) are searched.
 *
 * Written for the proof alone and on purpose not shared with the code that redacts, so that a form forgotten there is seen here.
 * Forms whose needle is so short that chance would produce it in some repository are left out, see {@link listFormsLeftOut}.
 */
export function buildValueNeedles(values: readonly string[]): ValueNeedle[] {
  const needles = new Map<string, ValueNeedle>();
  for (const [value, latin1] of values.entries()) {
    for (const { form, bytes, confirm, whole } of listForms(latin1)) {
      if (isTooLikelyByChance(form, bytes.length)) continue;
      const key = `${value} ${confirm ?? ''} ${bytes.toString('latin1')}`;
      if (needles.has(key)) continue;
      needles.set(key, { bytes, value, form, ...(confirm && { confirm }), ...(whole !== undefined && { whole }) });
    }
  }
  return [...needles.values()];
}

/** The forms of one value that are not searched because they are too short to mean anything. */
export function listFormsLeftOut(latin1: string): string[] {
  const forms = listForms(latin1);
  const searched = new Set(forms.filter(({ form, bytes }) => !isTooLikelyByChance(form, bytes.length)).map(({ form }) => form));
  return [...new Set(forms.map(({ form }) => form))].filter((form) => !searched.has(form));
}

interface Form {
  readonly form: string;
  readonly bytes: Buffer;
  readonly confirm?: 'escaped' | 'split';
  readonly whole?: string;
}

function isTooLikelyByChance(form: string, length: number): boolean {
  if (form.startsWith('base64')) return length < 7;
  if (form.startsWith('hex')) return length < 12;
  return length < minValueBytes;
}

function listForms(latin1: string): Form[] {
  const bytes = Buffer.from(latin1, 'latin1');
  // What the value says, whatever its bytes are: the wide and escaped forms write characters, not bytes.
  const text = decodeUtf8(bytes) ?? latin1;
  return [
    { form: 'plain', bytes },
    ...listCharsetForms(text),
    ...listBase64Forms(bytes, text),
    ...listHexForms(bytes, text),
    ...listLineEndForms(latin1),
    ...listPercentForms(bytes, text),
    ...listBackslashForms(bytes, text),
    ...listMarkupForms(text),
    ...listQuotedPrintableForms(bytes),
    ...listSplitForms('plain', latin1),
    ...listEscapedFragments(latin1),
  ];
}

function listCharsetForms(text: string): Form[] {
  const codePoints = [...text].map((character) => character.codePointAt(0)!);
  const wide = Buffer.alloc(codePoints.length * 4);
  codePoints.forEach((codePoint, index) => wide.writeUInt32LE(codePoint, index * 4));
  const utf16 = Buffer.from(text, 'utf16le');
  return [
    { form: 'utf-16le', bytes: utf16 },
    { form: 'utf-16be', bytes: asBigEndian(utf16) },
    { form: 'utf-32le', bytes: wide },
    { form: 'utf-32be', bytes: Buffer.from(wide).swap32() },
    { form: 'utf-8', bytes: Buffer.from(text, 'utf8') },
    ...(codePoints.every((codePoint) => codePoint <= 0xff) ? [{ form: 'latin1', bytes: Buffer.from(text, 'latin1') }] : []),
  ];
}

function listBase64Forms(bytes: Buffer, text: string): Form[] {
  const hex = bytes.toString('hex');
  const percent = hex.replaceAll(/../g, '%$&');
  const utf16 = Buffer.from(text, 'utf16le');
  const json = JSON.stringify(text).slice(1, -1);
  const once = listAlignments(bytes);
  const twice = once.flatMap((inner) => listAlignments(Buffer.from(inner, 'latin1')));
  const thrice = twice.flatMap((inner) => listAlignments(Buffer.from(inner, 'latin1')));
  const within = (form: string, inner: Buffer): Form[] => listAlignments(inner).flatMap((outer) => inLines(form, outer));
  return [
    ...once.flatMap((encoded) => inLines('base64', encoded)),
    ...twice.flatMap((encoded) => inLines('base64 of base64', encoded)),
    ...thrice.flatMap((encoded) => inAlphabets('base64 of base64 of base64', encoded)),
    ...[hex, hex.toUpperCase()].flatMap((encoded) => within('base64 of hex', Buffer.from(encoded))),
    ...[percent, percent.toUpperCase(), percentEncodeText(text, '-._~', true), percentEncodeText(text, '-._~', false)]
      // What needs no escape is looked for as it is.
      .filter((encoded) => encoded.includes('%'))
      .flatMap((encoded) => within('base64 of percent', Buffer.from(encoded))),
    // Configuration files in JSON, as Kubernetes and CI systems keep them.
    ...(json === text ? [] : within('base64 of json', Buffer.from(json, 'utf8'))),
    // What PowerShell's -EncodedCommand takes.
    ...within('base64 of utf-16le', utf16),
    ...within('base64 of utf-16be', asBigEndian(utf16)),
  ];
}

/** On one line or broken over two. */
function inLines(form: string, encoded: string): Form[] {
  return [...inAlphabets(form, encoded), ...listSplitForms(form, encoded)];
}

function asBigEndian(utf16: Buffer): Buffer {
  return Buffer.from(utf16).swap16();
}

function listHexForms(bytes: Buffer, text: string): Form[] {
  const digits = bytes.toString('hex');
  const utf16 = Buffer.from(text, 'utf16le');
  const base64 = listAlignments(bytes).flatMap((inner) => inAlphabets('', inner).map((form) => form.bytes));
  const written: (readonly [form: string, encoded: string])[] = [
    ['hex', digits],
    ...[':', ' '].map((separator) => ['hex, separated', digits.replaceAll(/..(?!$)/g, `$&${separator}`)] as const),
    ['hex of hex', Buffer.from(digits).toString('hex')],
    ['hex of hex', Buffer.from(digits.toUpperCase()).toString('hex')],
    ['hex of utf-16le', utf16.toString('hex')],
    ['hex of utf-16be', asBigEndian(utf16).toString('hex')],
    ...base64.map((inner) => ['hex of base64', inner.toString('hex')] as const),
  ];
  const arrays = [',', ', '].flatMap((separator) =>
    [digits, digits.toUpperCase()].map((either) => ({
      form: 'hex, separated',
      bytes: Buffer.from(
        either
          .match(/../g)!
          .map((byte) => `0x${byte}`)
          .join(separator),
      ),
    })),
  );
  return [...written.flatMap(([form, encoded]) => [false, true].map((isUpper) => ({ form, bytes: asCase(encoded, isUpper) }))), ...arrays];
}

/**
 * The base64 characters that depend on these bytes alone, for each of the three places where they can begin within a group of three.
 * The characters at the edges are mixed with what stands beside and are cut off.
 */
function listAlignments(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const firstWhole = Math.ceil((before * 8) / 6);
    const lastWhole = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(firstWhole, lastWhole);
  });
}

function inAlphabets(form: string, standard: string): Form[] {
  const url = standard.replaceAll('+', '-').replaceAll('/', '_');
  return [...new Set([standard, url])].map((encoded) => ({ form, bytes: Buffer.from(encoded, 'latin1') }));
}

function asCase(text: string, isUpper: boolean): Buffer {
  return Buffer.from(isUpper ? text.toUpperCase() : text.toLowerCase(), 'latin1');
}

function listLineEndForms(latin1: string): Form[] {
  if (!latin1.includes('\n')) return [];
  const unix = latin1.replaceAll('\r\n', '\n');
  return ['\n', '\r\n', '\r'].map((lineEnd) => ({ form: 'other line ends', bytes: Buffer.from(unix.replaceAll('\n', lineEnd), 'latin1') }));
}

const alwaysLiteral = /[A-Za-z0-9]/;

function listPercentForms(bytes: Buffer, text: string): Form[] {
  const all = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const literalSets = ['-._~', "-._~!'()*", "-._~!'()*;/?:@&=+$,", '-._*', '-._~/'];
  const partial = literalSets.flatMap((literal) =>
    [true, false].flatMap((isUpper) => {
      const encoded = percentEncodeText(text, literal, isUpper);
      return [encoded, encoded.replaceAll('%20', '+')];
    }),
  );
  return [all.toUpperCase(), all, ...partial].flatMap((encoded) => [
    { form: 'percent', bytes: Buffer.from(encoded, 'latin1') },
    ...(encoded.includes('%') ? listTwicePercent(encoded) : []),
  ]);
}

/** As programs do it, and every character. Digits in the second are of one case, as in the first. */
function listTwicePercent(encoded: string): Form[] {
  const every = encoded.replaceAll(/[^]/g, (character) => percentEncode(character.charCodeAt(0), '', false, /(?!)/));
  return [encoded.replaceAll('%', '%25'), every, every.toUpperCase()].map((twice) => ({
    form: 'percent of percent',
    bytes: Buffer.from(twice, 'latin1'),
  }));
}

function percentEncodeText(text: string, literal: string, isUpper: boolean): string {
  return [...Buffer.from(text, 'utf8')].map((byte) => percentEncode(byte, literal, isUpper)).join('');
}

function percentEncode(byte: number, literal: string, isUpper: boolean, kept = alwaysLiteral): string {
  const character = String.fromCharCode(byte);
  if (kept.test(character) || literal.includes(character)) return character;
  const hex = byte.toString(16).padStart(2, '0');
  return `%${isUpper ? hex.toUpperCase() : hex}`;
}

function listBackslashForms(bytes: Buffer, text: string): Form[] {
  const json = JSON.stringify(text).slice(1, -1);
  const units = [...Array(text.length).keys()].map((index) => text.charCodeAt(index).toString(16).padStart(4, '0'));
  const ascii = json.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const markupSafe = ascii.replaceAll(/[<>&'+=]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  const once = [json, ascii, markupSafe, json.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')];
  const jsonForms = [...once, ...once.map((escaped) => JSON.stringify(escaped).slice(1, -1))];
  const allUnits = (isUpper: boolean) => units.map((unit) => `\\u${isUpper ? unit.toUpperCase() : unit}`).join('');
  const allBytes = (isUpper: boolean) => [...bytes].map((byte) => `\\x${asCase(byte.toString(16).padStart(2, '0'), isUpper)}`).join('');
  return [
    ...jsonForms.map((escaped) => ({ form: 'json', bytes: Buffer.from(escaped, 'utf8') })),
    ...[false, true].map((isUpper) => ({ form: 'json', bytes: Buffer.from(allUnits(isUpper), 'latin1') })),
    ...[false, true].map((isUpper) => ({ form: 'c', bytes: Buffer.from(allBytes(isUpper), 'latin1') })),
    { form: 'c', bytes: Buffer.from([...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''), 'latin1') },
  ];
}

function listMarkupForms(text: string): Form[] {
  const apostrophes = ['&#39;', '&#039;', '&#x27;', '&apos;', "'"];
  const minimal = apostrophes.map((apostrophe) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", apostrophe),
  );
  const codePoints = [...text].map((character) => character.codePointAt(0)!);
  return [
    ...minimal,
    codePoints.map((codePoint) => `&#${codePoint};`).join(''),
    codePoints.map((codePoint) => `&#x${codePoint.toString(16)};`).join(''),
    codePoints.map((codePoint) => `&#x${codePoint.toString(16).toUpperCase()};`).join(''),
  ].map((escaped) => ({ form: 'html', bytes: Buffer.from(escaped, 'utf8') }));
}

function listQuotedPrintableForms(bytes: Buffer): Form[] {
  const hex = (byte: number) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const minimal = [...bytes].map((byte) => (byte === 0x3d || byte < 0x20 || byte > 0x7e ? hex(byte) : String.fromCharCode(byte))).join('');
  return [minimal, [...bytes].map(hex).join('')].map((encoded) => ({
    form: 'quoted-printable',
    bytes: Buffer.from(encoded, 'latin1'),
  }));
}

/** Lines and string literals that are twice as long leave one of two neighbours whole, wherever they break. */
const maxPartBytes = 24;

/** Of a text broken over lines or string literals, one of two neighbouring parts is left whole; one of several lines leaves its longest line. */
function listSplitForms(form: string, latin1: string, minLength = 16): Form[] {
  if (latin1.length < minLength) return [];
  const middle = Math.floor(latin1.length / 2);
  const lines = latin1.split(/[\r\n]+/).sort((a, b) => b.length - a.length);
  const parts =
    lines.length === 1
      ? [latin1.slice(Math.max(0, middle - maxPartBytes), middle), latin1.slice(middle, middle + maxPartBytes)]
      : [lines[0]!];
  return parts.map((part) => ({
    form: `${form}, split`,
    bytes: Buffer.from(part, 'latin1'),
    confirm: 'split' as const,
    whole: latin1,
  }));
}

/** Shorter fragments stand everywhere, and each makes the search look around. The usual escapes are forms of their own. */
const minFragmentBytes = 6;

/** The longest run that no escaping touches, so that any mixture of escaped and literal characters is found by it. */
function listEscapedFragments(latin1: string): Form[] {
  const runs = latin1.match(/[A-Za-z0-9]+/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest.length < minFragmentBytes || longest.length === latin1.length) return [];
  return [{ form: 'escaped', bytes: Buffer.from(longest, 'latin1'), confirm: 'escaped' }];
}
