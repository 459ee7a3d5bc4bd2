/**
 * Reads a git configuration as text, for looking at a few facts; no value of it is ever given to git. Includes are not followed
 * (syntax: git-config(1), "CONFIGURATION FILE").
 *
 * Keys are `section.key` or `section.subsection.key`, section and key in lower case; later values stand behind earlier ones.
 */
export function parseConfig(text: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  let section = '';
  for (const rawLine of text
    .replace(/^\ufeff/, '')
    .replaceAll('\\\n', '')
    .split('\n')) {
    let line = rawLine.trim();
    const header = /^\[\s*([-.a-z0-9]+)\s*(?:"((?:[^"\\]|\\.)*)"\s*)?\]/i.exec(line);
    if (header) {
      const subsection = header[2]?.replace(/\\(.)/g, '$1');
      section = header[1]!.toLowerCase() + (subsection === undefined ? '' : `.${subsection}`);
      line = line.slice(header[0].length).trim();
    }
    const setting = /^([a-z][-a-z0-9]*)\s*(?:=(.*))?$/i.exec(line);
    if (!setting || section === '') continue;
    const key = `${section}.${setting[1]!.toLowerCase()}`;
    values.set(key, [...(values.get(key) ?? []), setting[2] === undefined ? 'true' : parseValue(setting[2].trimStart())]);
  }
  return values;
}

function parseValue(raw: string): string {
  let value = '';
  let isQuoted = false;
  for (let i = 0; i < raw.length; i++) {
    const character = raw[i]!;
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\') value += { n: '\n', t: '\t', b: '\b' }[raw[++i] ?? ''] ?? raw[i] ?? '';
    else if (!isQuoted && (character === '#' || character === ';')) break;
    else value += character;
  }
  return value.trim();
}
