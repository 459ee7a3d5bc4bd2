/** How far around one of its parts a loosely written value may reach, for each byte of the value: the longest escapes, escaped twice. */
const maxBytesForOne = 8;
const extraReach = 128;

export function looseReach(value: string): number {
  return value.length * maxBytesForOne + extraReach;
}

/**
 * Line ends with what continues a line around them (a backslash, an operator, indentation), and two string literals side by side. A literal that
 * ends has to be followed by one that begins: `"abc",` before a line that begins with `d` does not hold `abcd`.
 */
const joints: readonly RegExp[] = [
  /=?\\?(?:\r\n|\n|\r)[ \t>|*#]{0,80}/y,
  /[ \t]{0,80}[+.,\\&]?[ \t]{0,80}(?:\r\n|\n|\r|\\n|\\r\\n)[ \t]{0,80}[+.&]?[ \t]{0,80}/y,
  /["'`][ \t]{0,80}[+.,\\&]?[ \t]{0,80}(?:\r\n|\n|\r|\\n|\\r\\n)[ \t]{0,80}[+.&]?[ \t]{0,80}["'`]/y,
  /["'`][ \t]{0,80}[+.&]?\s{0,80}["'`]/y,
];

const escapes: readonly { readonly expression: RegExp; readonly decode: (found: RegExpExecArray) => string }[] = [
  { expression: /[%=]([0-9A-Fa-f]{2})/y, decode: ([, hex]) => String.fromCharCode(Number.parseInt(hex!, 16)) },
  { expression: /%25([0-9A-Fa-f]{2})/y, decode: ([, hex]) => String.fromCharCode(Number.parseInt(hex!, 16)) },
  { expression: /\+/y, decode: () => ' ' },
  { expression: /\\{1,4}x([0-9A-Fa-f]{2})/y, decode: ([, hex]) => String.fromCharCode(Number.parseInt(hex!, 16)) },
  { expression: /\\{1,4}u\{?([0-9A-Fa-f]{4,6})\}?/y, decode: ([, hex]) => toBytes(Number.parseInt(hex!, 16)) },
  { expression: /\\{1,4}([0-7]{3})/y, decode: ([, octal]) => String.fromCharCode(Number.parseInt(octal!, 8) & 0xff) },
  { expression: /\\{1,4}([nrtbfv0])/y, decode: ([, name]) => controls[name!]! },
  { expression: /\\{1,4}([^])/y, decode: ([, character]) => character! },
  { expression: /&#x0{0,6}([0-9A-Fa-f]{1,6});/iy, decode: ([, hex]) => toBytes(Number.parseInt(hex!, 16)) },
  { expression: /&#0{0,6}(\d{1,7});/y, decode: ([, decimal]) => toBytes(Number(decimal)) },
  { expression: /&([a-z]{2,6});/iy, decode: ([, name]) => entities[name!.toLowerCase()] ?? '' },
];

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };

// prettier-ignore
const entities: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/', bsol: '\\', plus: '+', equals: '=', num: '#', dollar: '$', percnt: '%',
  commat: '@', excl: '!', lpar: '(', rpar: ')', ast: '*', colon: ':', semi: ';', lowbar: '_', period: '.', comma: ',', quest: '?',
};

/**
 * Where a value ends that begins at `start`, whatever mixture of escapes writes its characters and however lines and string literals break
 * it; -1 when it does not stand there. `text` and `value` are Latin-1, one character a byte. `hasEscapes`: false to follow breaks alone.
 */
export function matchLoosely(text: string, start: number, value: string, hasEscapes: boolean): number {
  const failed = new Set<number>();
  const stack: { readonly at: number; readonly matched: number }[] = [{ at: start, matched: 0 }];
  for (let state = stack.pop(); state; state = stack.pop()) {
    const { at, matched } = state;
    if (matched === value.length) return at;
    const key = at * (value.length + 1) + matched;
    if (failed.has(key)) continue;
    failed.add(key);
    if (matched > 0) {
      for (const joint of joints) {
        const found = execAt(joint, text, at);
        if (found) stack.push({ at: at + found[0].length, matched });
      }
    }
    if (hasEscapes) {
      for (const { expression, decode } of escapes) {
        const found = execAt(expression, text, at);
        const decoded = found && decode(found);
        if (decoded && value.startsWith(decoded, matched)) stack.push({ at: at + found[0].length, matched: matched + decoded.length });
      }
    }
    // On top: the plain character is the usual case.
    if (text[at] === value[matched] && at < text.length) stack.push({ at: at + 1, matched: matched + 1 });
  }
  return -1;
}

function execAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

/** As UTF-8, one character a byte. */
function toBytes(codePoint: number): string {
  return codePoint > 0x10ffff ? '' : Buffer.from(String.fromCodePoint(codePoint)).toString('latin1');
}
