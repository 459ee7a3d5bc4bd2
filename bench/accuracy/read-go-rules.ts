import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample, ScopeCategory } from './sample.ts';
import { scopeOfText } from './scope-of.ts';

/** Rules about identifiers and places, by the ends of their ids; ids of AWS keys are in scope. */
const identifierRule =
  /(?:-|_)(?:(?:access-|client-|app-|key-)?id|access-key-id|url|host|domain|cloud-name|token-name|org-slug|account|username)(?:\.\d+)?$/;
const fileRule = /-file$/;

/** Literal texts in the `tps` and `fps` of gitleaks and betterleaks; what their own generators make at run time is passed over. */
export function readGoRules(root: string): Sample[] {
  const folder = 'cmd/generate/config/rules';
  return globSync('*.go', { cwd: join(root, folder) })
    .sort()
    .flatMap((file) => readFunctions(`${folder}/${file}`, readFileSync(join(root, folder, file), 'utf8')));
}

function readFunctions(file: string, source: string): Sample[] {
  return source.split(/^func /m).flatMap((body) => {
    const ruleId = /RuleID:\s*"([^"]+)"/.exec(body)?.[1];
    if (ruleId === undefined) return [];
    return [
      ...readLists(body, 'tps').map((text) => toSample(file, ruleId, text, 'secret')),
      ...readLists(body, 'fps').map((text) => toSample(file, ruleId, text, 'none')),
    ];
  });
}

interface GoText {
  readonly text: string;
  readonly path?: string;
}

function toSample(file: string, ruleId: string, { text, path }: GoText, label: 'secret' | 'none'): Sample {
  const outOfScope = label === 'secret' ? (categoryOf(ruleId) ?? scopeOfText(text)) : undefined;
  return {
    id: `${file} ${ruleId}`,
    kind: ruleId,
    ...(path === undefined ? {} : { path }),
    content: Buffer.from(text),
    label,
    ...(outOfScope ? { outOfScope } : {}),
  };
}

function categoryOf(ruleId: string): ScopeCategory | undefined {
  if (fileRule.test(ruleId)) return 'policy';
  return identifierRule.test(ruleId) && !ruleId.startsWith('aws-') ? 'identifier' : undefined;
}

/** Every `name := []string{…}`, `map[string]string{…}` and `append(name, …)` of a function. */
function readLists(body: string, name: string): GoText[] {
  const texts: GoText[] = [];
  for (const found of body.matchAll(new RegExp(`\\b${name} :?= (?:\\[\\]string\\{|map\\[string\\]string\\{|append\\(${name},)`, 'g'))) {
    const isMap = found[0].includes('map[');
    for (const element of splitElements(body.slice(found.index + found[0].length))) {
      const colon = isMap ? /^\s*("[^"]*"):/.exec(element) : undefined;
      const text = parseLiteral(colon ? element.slice(colon[0].length) : element);
      if (text !== undefined && text.trim() !== '') texts.push({ text, ...(colon ? { path: colon[1]!.slice(1, -1) } : {}) });
    }
  }
  return texts;
}

const token = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[({[\])},]|[^"`/({[\])},]+|\//y;

/** The elements up to the list's closing bracket, without comments. */
function splitElements(source: string): string[] {
  const elements: string[] = [];
  let element = '';
  let depth = 0;
  token.lastIndex = 0;
  for (let found = token.exec(source); found; found = token.exec(source)) {
    const [text] = found;
    if (text.startsWith('//') || text.startsWith('/*')) continue;
    if (/^[({[]$/.test(text)) depth++;
    if (/^[)}\]]$/.test(text) && depth-- === 0) break;
    if (text === ',' && depth === 0) {
      elements.push(element);
      element = '';
    } else {
      element += text;
    }
  }
  return [...elements, element].filter((text) => text.trim() !== '');
}

/** String literals joined by `+`; `undefined` for anything that is computed. */
function parseLiteral(element: string): string | undefined {
  if (!/^\s*(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`)(?:\s*\+\s*(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`))*\s*$/.test(element)) return undefined;
  const parts = element.match(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g) ?? [];
  return parts.map((part) => (part.startsWith('`') ? part.slice(1, -1) : unescapeGo(part.slice(1, -1)))).join('');
}

function unescapeGo(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', "'": "'" };
  return text.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gi,
    (_, hex: string | undefined, wide: string | undefined, letter: string) =>
      (hex ?? wide) === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt((hex ?? wide)!, 16)),
  );
}
