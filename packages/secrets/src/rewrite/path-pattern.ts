import { RewriteError } from './rewrite-error.ts';

/**
 * Which paths of a history to remove, as text:
 *
 * - `config/keys.json`, `vendor`: exactly that file, or that directory with all below it
 * - `certs/*.pem`, `**` + `/secrets/?.yml`, `dumps/[0-9]*`: `*` and `?` stop at slashes, `**` does not
 * - `*.pfx`, `id_[rd]sa`: a pattern with wildcards and without a slash fits a name in any directory
 * - `build/`: only a directory
 */
export type PathPattern = string;

/** Paths are Latin-1, one character a byte, without a slash at either end. */
export interface PathMatcher {
  /** Whether the path itself is to go; what lies in a directory that goes is not asked for. */
  matches(path: string, isDirectory: boolean): boolean;
  /** Whether anything in the directory could match. */
  canMatchBelow(directory: string): boolean;
}

/** Throws RewriteError `PATTERN_INVALID`. */
export function createPathMatcher(patterns: readonly PathPattern[]): PathMatcher {
  const compiled = patterns.map(compilePattern);
  return {
    matches: (path, isDirectory) =>
      compiled.some(({ expression, onlyDirectories }) => (isDirectory || !onlyDirectories) && expression.test(path)),
    canMatchBelow: (directory) => compiled.some(({ fixed }) => fixed.startsWith(`${directory}/`) || `${directory}/`.startsWith(fixed)),
  };
}

interface CompiledPattern {
  readonly expression: RegExp;
  readonly onlyDirectories: boolean;
  /** What every matching path begins with: the directories before the first wildcard, or the whole of an exact path. */
  readonly fixed: string;
}

function compilePattern(pattern: PathPattern): CompiledPattern {
  const bytes = Buffer.from(pattern, 'utf8').toString('latin1');
  const onlyDirectories = bytes.endsWith('/');
  const body = bytes.replace(/^(?:\.?\/)+|(?<!\/)\/+$/g, '');
  if (body === '' || body.split('/').some((step) => step === '.' || step === '..'))
    throw new RewriteError('PATTERN_INVALID', `"${pattern}" is no path inside the repository.`);
  const wildcard = body.search(/[*?[\\]/);
  if (wildcard === -1) return { expression: new RegExp(`^${escapeForExpression(body)}$`), onlyDirectories, fixed: body };
  const anyDirectory = body.includes('/') ? '' : '(?:.*/)?';
  const fixed = body.includes('/') ? body.slice(0, body.lastIndexOf('/', wildcard) + 1) : '';
  return { expression: new RegExp(`^${anyDirectory}${translate(body, pattern)}$`, 's'), onlyDirectories, fixed };
}

// One character of UTF-8, as the bytes that it is here.
const oneCharacter = '(?:[^/\\x80-\\xff]|[\\xc0-\\xff][\\x80-\\xbf]*|[\\x80-\\xbf])';

function translate(body: string, pattern: PathPattern): string {
  return body.replace(
    /\*\*\/|\*\*|\*|\?|\[(!|\^)?(\]?[^\]]{0,2000})\]|\\(.)|[^]/g,
    (token, negation: string | undefined, set: string | undefined, escaped: string | undefined) => {
      if (token === '**/') return '(?:.*/)?';
      if (token === '**') return '.*';
      if (token === '*') return '[^/]*';
      if (token === '?') return oneCharacter;
      if (set !== undefined) return `[${negation ? '^/' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
      if (token === '[' || token === '\\')
        throw new RewriteError('PATTERN_INVALID', `"${pattern}" has a "${token}" that is not closed or escapes nothing.`);
      return escapeForExpression(escaped ?? token);
    },
  );
}

function escapeForExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
