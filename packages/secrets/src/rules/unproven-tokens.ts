import { tokenStart } from './forms.ts';
import type { Rule } from './rule.ts';

/**
 * What has the form of a token whose checksum or structure its provider defines, but fails it, for all rules of that sort in one; and
 * AWS access key ids with characters that AWS does not use. Their owners altered them, or they were made up for a test.
 */
export function buildUnprovenTokenRule(rules: readonly Rule[]): Rule {
  const provable = rules.filter(isProvableToken);
  const forms = provable.map(({ expression }) => expression.source.replace(tokenStart, ''));
  return {
    id: 'unproven-token',
    title: 'Token that looks altered or made up',
    provider: 'Generic',
    severity: 'low',
    precision: 'contextual',
    keywords: [...provable.flatMap(({ keywords }) => keywords), ...nearKeywords],
    plainKeywords: provable.flatMap(({ plainKeywords = [] }) => plainKeywords),
    expression: new RegExp(`${tokenStart}(?:${[...forms, `(?<quote>)(?<secret>${nearForms.join('|')})(?![A-Za-z0-9_])`].join('|')})`),
    reach: Math.max(...provable.map(({ reach = 512 }) => reach)),
    chosen: 'random',
    minEntropy: 3,
    notSecrets: provable.flatMap(({ notSecrets = [] }) => notSecrets),
    source: 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
    rotation: {
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
      steps: [
        'Look whether it was altered from a real token, as is done for examples: the original may stand elsewhere in the history.',
        'Revoke it if the provider that its beginning names knows it.',
        'Mark it as allowed if it was made up.',
      ],
    },
    examples: {
      matches: [
        (sample) => `GITHUB_TOKEN=ghp_${sample.alnum(35)}7`,
        (sample) => `npm_${sample.alnum(35)}7`,
        (sample) => `id: AKIA0189${sample.upper(10)}19`,
      ],
      misses: [
        () => 'npm_config_registry_of_this_project',
        () => 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        (sample) => `AKIA${sample.upper(12)}`,
      ],
    },
  };
}

/** Tokens of known beginnings with characters or of a length that their providers do not use. */
const nearForms = [
  'A[KS]IA[A-Z0-9]{16}',
  'SG\\.[\\w\\-]{14,32}\\.[\\w\\-]{14,64}',
  'oy2[a-z0-9]{39,50}',
  'NRII-[\\w\\-]{20,48}',
  'ABSK[A-Za-z0-9+/]{80,200}={0,2}',
  'bedrock-api-key-[A-Za-z0-9+/]{24,2000}={0,2}',
  'dapi[0-9A-F]{32}',
  'glptt-[\\w\\-]{38,44}',
];
const nearKeywords = ['AKIA', 'ASIA', 'SG.', 'oy2', 'NRII-', 'ABSK', 'bedrock-api-key-', 'dapi', 'glptt-'];

/** Where the check is what tells the token from any other base64. */
const knownByCheck = new Set(['intercom-access-token', 'jfrog-reference-token', 'minisign-secret-key']);

/** A token that stands by itself, so that nothing before it need be read, with something in it that can be verified. */
function isProvableToken(rule: Rule): boolean {
  const { id, precision, isValid, lookBehind = 0, multiline = false, maxOffset } = rule;
  return (
    precision === 'exact' &&
    !knownByCheck.has(id) &&
    isValid !== undefined &&
    lookBehind === 0 &&
    !multiline &&
    maxOffset === undefined &&
    // Read last: an expression is built when it is asked for.
    rule.expression.flags === '' &&
    rule.expression.source.startsWith(tokenStart)
  );
}
