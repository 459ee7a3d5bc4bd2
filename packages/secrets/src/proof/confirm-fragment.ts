import type { ValueNeedle } from './value-needles.ts';

/**
 * Whether the whole value stands around a part of it that was found at `at`: after unescaping, or after taking out the line break or
 * string join that splits it.
 */
export function confirmFragment(content: Buffer, at: number, needle: ValueNeedle, value: string): boolean {
  if (needle.confirm === 'split') {
    const text = readAround(content, at, needle, 3 * needle.whole!.length + 128);
    return !text.includes(needle.whole!) && standsSplit(text, needle.whole!);
  }
  // The longest escape of one character is six or seven characters long; escaped twice, about twice that.
  const text = readAround(content, at, needle, 8 * value.length + 64);
  return hasEveryRun(text, value) && standsEscaped(text, value);
}

function readAround(content: Buffer, at: number, needle: ValueNeedle, reach: number): string {
  return content.toString('latin1', Math.max(0, at - reach), Math.min(content.length, at + needle.bytes.length + reach));
}

/**
 * Line ends with the continuation, operators and indentation around them, or two string literals joined by an operator: one that ends
 * there and one that begins, or neither.
 */
const joins = [
  /=?\\?(?:\r\n|\n|\r)[ \t>|*#]*/g,
  /(?:\\n|\\r\\n)?["'`][ \t]*(?:[+.,\\&][ \t]*)?(?:\r\n|\n|\r|\\n|\\r\\n)[ \t]*(?:[+.&][ \t]*)?["'`]|(?:(?<![ \t])[ \t]+)?(?:[+.,\\&][ \t]*)?(?:\r\n|\n|\r|\\n|\\r\\n)[ \t]*(?:[+.&][ \t]*)?/g,
  /["'`]\s*(?:[+.&]\s*)?["'`]/g,
];

function standsSplit(text: string, whole: string): boolean {
  // A value that has line ends itself loses them on both sides.
  return joins.some((join) => text.replaceAll(join, '').includes(whole.replaceAll(join, '')));
}

/** Escaping leaves letters and digits alone, so all their runs must stand near; a cheap test that most false candidates fail. */
function hasEveryRun(text: string, value: string): boolean {
  return (value.match(/[A-Za-z0-9]{3,}/g) ?? []).every((run) => text.includes(run));
}

function standsEscaped(text: string, value: string): boolean {
  const seen = new Set([text]);
  let layer = [text];
  for (let depth = 0; depth < 3; depth++) {
    const next: string[] = [];
    for (const source of layer) {
      for (const unescape of unescapers) {
        const plain = unescape(source);
        if (seen.has(plain)) continue;
        if (plain.includes(value)) return true;
        seen.add(plain);
        next.push(plain);
      }
    }
    layer = next;
  }
  return false;
}

const unescapers: readonly ((text: string) => string)[] = [unescapePercent, unescapeForm, unescapeBackslash, unescapeMarkup, unescapeMail];

function unescapePercent(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function unescapeForm(text: string): string {
  return unescapePercent(text.replaceAll('+', ' '));
}

const backslashNames: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0', a: '\x07' };

function unescapeBackslash(text: string): string {
  return text.replaceAll(
    /\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-7]{3})|([^]))/g,
    (_, braced?: string, unit?: string, byte?: string, octal?: string, other?: string) => {
      if (braced !== undefined) return toUtf8(parseInt(braced, 16));
      if (unit !== undefined) return toUtf8(parseInt(unit, 16));
      if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
      return backslashNames[other!] ?? other!;
    },
  );
}

const entityNames: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\xa0',
  sol: '/',
  bsol: '\\',
  plus: '+',
  equals: '=',
  num: '#',
  dollar: '$',
  percnt: '%',
  commat: '@',
  excl: '!',
  lpar: '(',
  rpar: ')',
  ast: '*',
  colon: ':',
  semi: ';',
  lowbar: '_',
  period: '.',
  comma: ',',
  quest: '?',
};

function unescapeMarkup(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]{2,6}));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return toUtf8(parseInt(hex, 16));
      if (decimal !== undefined) return toUtf8(parseInt(decimal, 10));
      return entityNames[name!] ?? whole;
    },
  );
}

function unescapeMail(text: string): string {
  return text.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** The character's UTF-8 bytes, one character a byte like all text here; characters that do not exist become nothing. */
function toUtf8(codePoint: number): string {
  return codePoint > 0x10ffff ? '' : Buffer.from(String.fromCodePoint(codePoint), 'utf8').toString('latin1');
}
