import { RE2JS } from 're2js';
import type { Severity } from '@deployguard/findings';
import { ConfigurationError } from '../configuration/configuration-error.ts';
import { customProvider, type LocatedSecret, type Rule } from '../rules/rule.ts';
import { listRequiredLiterals } from './required-literals.ts';

/** A rule as a user writes it: strings only, so that it can be sent to workers. */
export interface UserRuleSource {
  readonly id: string;
  readonly title: string;
  /** In RE2's syntax. Tried on a bounded window around each keyword: 512 bytes before its start, 1,536 from there on. */
  readonly expression: string;
  /** At least 3 characters each, compared without case. By default literals that every match of the expression holds. */
  readonly keywords?: readonly string[];
  /** Number or name of the group that is the secret; by default the first group that matched something, else the whole match. */
  readonly secretGroup?: number | string;
  readonly minEntropy?: number;
  /** Default `high`. */
  readonly severity?: Severity;
  /** Globs on the whole path, of which one must hold. */
  readonly paths?: readonly string[];
  /** What to do when such a secret has leaked, in order. */
  readonly guidance?: readonly string[];
}

const lookBehind = 512;
const reach = 1536;
const minKeywordLength = 3;
/** Instructions of the compiled expression: the cost of a byte of the window is at most proportional to them. */
const maxProgramSize = 3000;
const maxMatchesInWindow = 64;
/** CPU time that a rule may take in one thread. */
const defaultMaxSeconds = 30;

/**
 * Builds a rule whose expression runs in a linear-time engine, on a window at a time. A keyword that stands everywhere makes many windows: a
 * rule that takes too long ends the scan, with a `ConfigurationError` that names it. So neither the expression nor the content can hang one.
 *
 * @throws {ConfigurationError} for an expression that RE2 cannot read, that is too large, or that offers nothing to look for.
 */
export function buildUserRule(source: UserRuleSource, maxSeconds = defaultMaxSeconds): Rule {
  const expression = compileExpression(source);
  const keywords = source.keywords?.map((keyword) => Buffer.from(keyword).toString('latin1')) ?? listRequiredLiterals(source.expression);
  if (keywords.length === 0 || keywords.some((keyword) => keyword.length < minKeywordLength)) {
    throw new ConfigurationError(
      `Rule '${source.id}' has nothing to look for: give it \`keywords\` of at least ${minKeywordLength} characters, one of which stands near every match.`,
    );
  }
  return {
    id: source.id,
    title: source.title,
    provider: customProvider,
    severity: source.severity ?? 'high',
    precision: 'contextual',
    keywords,
    expression: new RegExp(keywords.map((keyword) => escapeLiteral(keyword)).join('|'), 'i'),
    locate: createLocator(source, expression, maxSeconds),
    lookBehind,
    reach,
    multiline: /\\n|\\s|\[\^|\(\?[a-z]*s/.test(source.expression),
    ...(source.minEntropy !== undefined && { minEntropy: source.minEntropy }),
    ...(source.paths && { paths: toPathExpression(source.paths) }),
    source: 'https://github.com/google/re2/wiki/Syntax',
    rotation: { url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html', steps: source.guidance ?? [] },
    examples: { matches: [], misses: [] },
  };
}

function compileExpression({ id, expression }: UserRuleSource): RE2JS {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(expression);
  } catch (error) {
    throw new ConfigurationError(`Rule '${id}': not an RE2 expression: ${(error as Error).message}`);
  }
  if (compiled.programSize() > maxProgramSize) {
    throw new ConfigurationError(`Rule '${id}': its expression is too large; use smaller repeat counts than its present ones.`);
  }
  return compiled;
}

function createLocator(
  { id, secretGroup, expression: source }: UserRuleSource,
  expression: RE2JS,
  maxSeconds: number,
): (window: string) => LocatedSecret[] {
  const isBeyondAscii = /[^\0-\x7f]|\\[pP]|\\x\{/.test(source);
  let last: { readonly window: string; readonly secrets: LocatedSecret[] } | undefined;
  let microseconds = 0;
  return (window) => {
    // Keywords of one line share its window.
    if (last?.window === window) return last.secrets;
    const secrets: LocatedSecret[] = [];
    // Bytes are read as UTF-8, so that an `é` in the expression fits the two that it takes; offsets are those of bytes either way.
    const matcher = expression.matcher(isBeyondAscii ? Buffer.from(window, 'latin1') : window);
    let before = process.threadCpuUsage().user;
    while (secrets.length < maxMatchesInWindow && matcher.find()) {
      countTime();
      const group = secretGroup ?? findFirstGroup(matcher, expression.groupCount());
      const [start, end] = [matcher.start(group), matcher.end(group)];
      if (start >= 0 && end > start) secrets.push({ start, end });
    }
    countTime();
    last = { window, secrets };
    return secrets;

    function countTime(): void {
      const now = process.threadCpuUsage().user;
      microseconds += now - before;
      before = now;
      if (microseconds > maxSeconds * 1e6) {
        throw new ConfigurationError(
          `Rule '${id}' takes too long: ${maxSeconds} s so far. Give it keywords that stand in fewer places, or a simpler expression.`,
        );
      }
    }
  };
}

function findFirstGroup(matcher: ReturnType<RE2JS['matcher']>, count: number): number {
  for (let group = 1; group <= count; group++) if (matcher.group(group)) return group;
  return 0;
}

/** `*` stays within a folder, `**` does not, `?` is one character, `{a,b}` either. */
function toPathExpression(globs: readonly string[]): RegExp {
  const sources = globs.map((glob) =>
    glob.replaceAll(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[^*?{]+|\{/g, (part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      if (part.length > 1 && part.startsWith('{'))
        return `(?:${part
          .slice(1, -1)
          .split(',')
          .map((choice) => escapeLiteral(choice))
          .join('|')})`;
      return escapeLiteral(part);
    }),
  );
  return new RegExp(`^(?:${sources.join('|')})$`);
}

function escapeLiteral(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
