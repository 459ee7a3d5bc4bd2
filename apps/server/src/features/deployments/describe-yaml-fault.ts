import type { YAMLError } from 'yaml';

/** The parser's own words may quote a value. */
const descriptions: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'sets again what is set above it',
  TAB_AS_INDENT: 'is indented with a tab: YAML takes spaces alone',
  MULTIPLE_DOCS: 'begins a second document: there can be only one',
  BAD_INDENT: 'is not indented like what belongs with it, or a bracket above it is not closed',
  MISSING_CHAR: 'is not YAML: a quote, a bracket or the colon behind a name is missing',
  BLOCK_AS_IMPLICIT_KEY: 'is not YAML: a value that holds a colon and a space is written in quotes',
  MULTILINE_IMPLICIT_KEY: 'is not YAML: behind a name belong a colon and a space',
  BAD_SCALAR_START: 'is not YAML: a value that begins with @, % or a backtick is written in quotes',
  BAD_DQ_ESCAPE: 'is not YAML: a backslash in double quotes stands before what it does not belong to; single quotes take it as it is',
  UNEXPECTED_TOKEN: 'is not YAML: it goes on behind the end of a value; are the quotes right?',
};

/** Where a text is no YAML, and why, without a word of it. */
export function describeYamlFault({ code, linePos }: YAMLError): string {
  return `line ${linePos?.[0].line ?? '?'} ${descriptions[code] ?? 'is not YAML'}`;
}
