/** A literal of Python; `undefined` stands for anything that is computed. */
export type PythonValue = string | number | boolean | null | undefined | readonly PythonValue[];

/** The second argument of every `pytest.mark.parametrize(names, cases)` in a test module, with the names. */
export function parsePythonCases(source: string): { readonly names: readonly string[]; readonly cases: readonly PythonValue[] }[] {
  const known = readConstants(source);
  return [...source.matchAll(/pytest\.mark\.parametrize\(/g)].flatMap((found) => {
    const reader = createReader(source, found.index + found[0].length, known);
    const names = reader.readExpression();
    reader.skip(',');
    const cases = reader.readExpression();
    return typeof names === 'string' && Array.isArray(cases)
      ? [{ names: names.split(/,\s*/), cases: cases as readonly PythonValue[] }]
      : [];
  });
}

/** `NAME = literal` at the start of a line. */
export function readConstants(source: string): Map<string, PythonValue> {
  const known = new Map<string, PythonValue>([
    ['True', true],
    ['False', false],
    ['None', null],
  ]);
  for (const found of source.matchAll(/^([A-Z][A-Z_]*) = /gm)) {
    known.set(found[1]!, createReader(source, found.index + found[0].length, known).readExpression());
  }
  return known;
}

const blank = /(?:[\s\\]|#[^\n]*)*/y;
const string = /([bruf]*)('''[\s\S]*?'''|"""[\s\S]*?"""|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")/iy;
const word = /[A-Za-z_]\w*|\d+/y;

function createReader(source: string, start: number, known: ReadonlyMap<string, PythonValue>) {
  let at = start;

  function take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = at;
    const found = expression.exec(source);
    if (found) at = expression.lastIndex;
    return found;
  }

  function skip(text: string): boolean {
    take(blank);
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  }

  function readExpression(): PythonValue {
    let value = readTerm();
    while (skip('+')) {
      const next = readTerm();
      value = typeof value === 'string' && typeof next === 'string' ? value + next : undefined;
    }
    return value;
  }

  function readTerm(): PythonValue {
    let value = readAtom();
    for (;;) {
      if (skip('.format(')) value = format(value, readArguments());
      else if (skip('[') || skip('.') || skip('*') || skip('%')) {
        // Slices, methods and operators: computed.
        value = undefined;
        skipToEnd();
      } else return value;
    }
  }

  function readAtom(): PythonValue {
    take(blank);
    if (skip('[')) return readItems(']').items;
    if (skip('(')) {
      const { items, hasComma } = readItems(')');
      return hasComma ? items : items[0];
    }
    let text: string | undefined;
    for (let found = take(string); found; found = take(string)) {
      text = (text ?? '') + unescapePython(found[1]!.toLowerCase(), found[2]!);
      take(blank);
    }
    if (text !== undefined) return text;
    const name = take(word)?.[0];
    if (name !== undefined) return /^\d/.test(name) ? Number(name) : known.get(name);
    skipToEnd();
    return undefined;
  }

  function readItems(close: string): { items: PythonValue[]; hasComma: boolean } {
    const items: PythonValue[] = [];
    let hasComma = false;
    while (!skip(close) && at < source.length) {
      items.push(readExpression());
      if (skip(',')) hasComma = true;
      else if (!source.startsWith(close, at)) skipToEnd();
    }
    return { items, hasComma };
  }

  function readArguments(): Map<string, PythonValue> {
    const values = new Map<string, PythonValue>();
    while (!skip(')') && at < source.length) {
      take(blank);
      const name = /^([a-z_]\w*)=(?!=)/.exec(source.slice(at, at + 40))?.[1];
      if (name !== undefined) at += name.length + 1;
      values.set(name ?? String(values.size), readExpression());
      if (!skip(',') && !source.startsWith(')', at)) skipToEnd();
    }
    return values;
  }

  /** To where the surrounding list goes on: its next comma or closing bracket. */
  function skipToEnd(): void {
    for (let depth = 0; at < source.length;) {
      take(blank);
      if (take(string)) continue;
      const character = source[at]!;
      if (depth <= 0 && /[,)\]}]/.test(character)) {
        if (character !== ']' || !/\[[^\]\n]*$/.test(source.slice(Math.max(0, at - 12), at))) return;
      }
      if (/[([{]/.test(character)) depth++;
      if (/[)\]}]/.test(character)) depth--;
      at++;
    }
  }

  return { readExpression, skip };
}

function format(template: PythonValue, values: ReadonlyMap<string, PythonValue>): PythonValue {
  if (typeof template !== 'string') return undefined;
  let next = 0;
  let isComputed = false;
  const text = template.replaceAll(/\{\{|\}\}|\{(\w*)\}/g, (mark, name: string | undefined) => {
    if (name === undefined) return mark[0]!;
    const value = values.get(name === '' ? String(next++) : name);
    if (typeof value !== 'string') isComputed = true;
    return String(value);
  });
  return isComputed ? undefined : text;
}

function unescapePython(prefix: string, quoted: string): string {
  const inner = /^(?:'''|""")/.test(quoted) ? quoted.slice(3, -3) : quoted.slice(1, -1);
  if (prefix.includes('r')) return inner;
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };
  return inner.replaceAll(/\\(?:x([0-9a-f]{2})|([\s\S]))/gi, (_, hex: string | undefined, letter: string) =>
    hex === undefined
      ? (letters[letter] ?? (/[\\'"]/.test(letter) ? letter : `\\${letter}`))
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
