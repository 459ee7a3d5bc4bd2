import type { Severity } from '@deployguard/findings';
import { isGuess } from '../detect/placeholders.ts';
import { wordLikeness } from '../detect/word-likeness.ts';
import type { Rule } from '../rules/rule.ts';

export interface JudgedSeverity {
  readonly severity: Severity;
  /** Why it is less than the rule's, as the end of a sentence. */
  readonly because?: string;
}

/**
 * How severe it is that the secret of a rule stands in a place. What a name alone makes a password is worth less where it guards nothing
 * that it could guard from a guesser, and where programs are tested. Keys of providers, and values that are random, are what they are
 * wherever they stand.
 *
 * @param place path of the file, or what the finding is in
 */
export function judgeSeverity(rule: Rule, secret: string, place: string): JudgedSeverity {
  const { severity } = rule;
  if (severity !== 'high') return { severity };
  if (rule.developmentPaths?.test(place)) return { severity: 'low', because: 'made for development, to be committed' };
  if (rule.chosen !== 'password' || rule.provider !== 'Generic' || rule.precision !== 'generic') return { severity };
  if (isGuess(secret)) return { severity: 'low', because: 'a first guess' };
  if (isWord(secret)) return { severity: 'low', because: 'made of words' };
  return isTestCode(place) ? { severity: 'medium', because: 'in the code of a test' } : { severity };
}

/** As `generic-weak-password` has it, in a variable of the environment. */
function isWord(secret: string): boolean {
  return /^[a-z]+$/.test(secret) && wordLikeness(secret) > -0.5;
}

const program =
  '\\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kts?|scala|groovy|clj|cs|fs|vb|php|exs?|erl|dart|swift|mm?|c|cc|cpp|h|hpp|lua|pl|t|r|jl|hurl|http|feature|snap)$';
const folders = '/(?:[^/]+/){0,16}[^/]+';

/**
 * Programs in folders of tests, programs that are called tests, and the data beside them. Settings are none: `config/test/.env` may well be
 * that of a server.
 */
const testCode = [
  new RegExp(
    `(?:^|/)(?:tests?|specs?|e2e|cypress|__(?:tests?|mocks|fixtures)__|test-?data|fixtures?|[\\w.-]+[._-]tests?|tests?[._-][\\w.-]+)${folders}${program}`,
    'i',
  ),
  new RegExp(`(?:^|/)(?:__fixtures__|fixtures?|test-?data)${folders}\\.(?:json|ya?ml|xml|csv|sql|txt|html?)$`, 'i'),
  new RegExp(`(?:^|/)(?:test_[^/]+|conftest|[^/]+[._-](?:tests?|specs?|cy|e2e))${program}`),
  /[a-z\d](?:Tests?|TestCase|IT|Spec|Fixtures?)\.(?:java|kts?|scala|groovy|cs|fs|vb|php|swift|mm?)$/,
  /(?:^|\/)[^/]*postman[^/]*\.json$/i,
];

function isTestCode(place: string): boolean {
  return testCode.some((form) => form.test(place));
}
