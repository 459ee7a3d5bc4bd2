import { parse as parseToml, TomlError } from 'smol-toml';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { ConfigurationError } from './configuration-error.ts';
import type { FaultPath } from './configuration-fault.ts';
import { findTomlLine } from './find-toml-line.ts';

export interface ConfigurationText {
  readonly value: unknown;
  /** The line, from 1, on which a value is written or the nearest one around it. */
  readonly findLine: (path: FaultPath) => number | undefined;
}

/** The ending of `fileName` tells TOML from YAML. @throws {ConfigurationError} with line and column, for each fault that the parser sees. */
export function parseConfigurationText(text: string, fileName: string): ConfigurationText {
  if (fileName.endsWith('.toml')) return { value: parseTomlText(text, fileName), findLine: (path) => findTomlLine(text, path) };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0)
    throw new ConfigurationError(document.errors.map((error) => describeYamlError(error, fileName)).join('\n'));
  return { value: toPlainValue(document, fileName), findLine: (path) => findYamlLine(document, lineCounter, path) };
}

function parseTomlText(text: string, fileName: string): unknown {
  try {
    return JSON.parse(JSON.stringify(parseToml(text)));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new ConfigurationError(`${fileName}:${error.line}:${error.column}: ${message}.`);
  }
}

function describeYamlError(
  { message, linePos }: { message: string; linePos?: readonly { line: number; col: number }[] },
  fileName: string,
): string {
  const [first = ''] = message.replace(/ at line \d+, column \d+:[^]*$/, '').split('\n');
  const place = linePos?.[0] ? `:${linePos[0].line}:${linePos[0].col}` : '';
  return `${fileName}${place}: ${first}.`;
}

/** Aliases are not followed: a few lines of them can stand for more than fits into memory. */
function toPlainValue(document: Document.Parsed, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch (error) {
    throw new ConfigurationError(`${fileName}: ${(error as Error).message.split('\n')[0]}`);
  }
}

function findYamlLine(document: Document.Parsed, lineCounter: LineCounter, path: FaultPath): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    if (isSeq(node)) {
      node = node.items[Number(step)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (!isScalar(pair?.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else break;
  }
  return offset === undefined ? undefined : lineCounter.linePos(offset).line;
}
