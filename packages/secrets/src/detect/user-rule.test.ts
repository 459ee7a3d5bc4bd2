import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from './detector.ts';
import { anchorRule, matchAtAnchor } from './match-at-anchor.ts';
import { listRequiredLiterals } from './required-literals.ts';
import { buildUserRule, type UserRuleSource } from './user-rule.ts';

test('a user rule finds its secret, and only that group', () => {
  const secrets = scanWith({ expression: 'acme_key: (?P<value>[a-z0-9]{8}) (x+)', secretGroup: 'value' }, 'our acme_key: q7w8e9r0 xx\n');

  assert.deepEqual(secrets, ['q7w8e9r0']);
});

test('without a group named, the first group that matched something is the secret, or else the whole match', () => {
  assert.deepEqual(scanWith({ expression: 'acme-(?:(one)|two)-([0-9]{5})' }, 'acme-two-72915'), ['72915']);
  assert.deepEqual(scanWith({ expression: 'acme-[0-9]{5}' }, 'acme-72915'), ['acme-72915']);
});

test('several matches near one keyword are all found, each once', () => {
  const secrets = scanWith({ expression: 'id([0-9]{6})', keywords: ['acme'] }, 'acme acme id729150 id402817');

  assert.deepEqual(secrets, ['729150', '402817']);
});

test('an expression beyond ASCII fits text beyond ASCII, and gives its bytes', () => {
  const scanUtf8 = (expression: string, text: string): string[] =>
    scanWith({ expression, keywords: ['acme'] }, Buffer.from(text).toString('latin1')).map((secret) =>
      Buffer.from(secret, 'latin1').toString(),
    );

  assert.deepEqual(scanUtf8('acme-schlüssel: (\\S{6})', 'ß acme-schlüssel: q7w8e9'), ['q7w8e9']);
  assert.deepEqual(scanUtf8('acme: ([à-ü]{4}[0-9]{3})', 'acme: çéàü729'), ['çéàü729']);
  assert.deepEqual(scanUtf8('acme: (\\p{Greek}{3}[0-9]{3})', 'acme: λμν729'), ['λμν729']);
  assert.deepEqual(scanUtf8('acme: (\\x{3bb}[0-9]{3})', 'acme: λ729'), ['λ729']);
});

test('case of keywords does not matter, case in the expression does', () => {
  const rule = { expression: 'ACME([a-z0-9]{6})', keywords: ['acme'] };

  assert.deepEqual(scanWith(rule, 'ACMEq7w8e9 acmeq7w8e0'), ['q7w8e9']);
});

test('a rule whose keyword stands everywhere ends the scan by name instead of holding it up', () => {
  const rule = buildUserRule({ id: 'evil', title: 'Evil', keywords: ['aaa'], expression: '(?i)(x*)*(a.*){20}z$' }, 0.2);
  const line = Buffer.alloc(3_000_000, 'a');
  const scan = (): void => {
    for (let at = 0; at < line.length; at++) matchAtAnchor(anchorRule(rule), line, at);
  };

  assert.throws(scan, { name: 'ConfigurationError', message: /^Rule 'evil' takes too long/ });
});

test('a match that the window cuts is not reported', () => {
  const rule = { expression: 'acme[a-z0-9]*' };

  assert.deepEqual(scanWith(rule, `acme${'q7w8'.repeat(1000)}`), []);
});

test('literals that every match holds are found in plain expressions', () => {
  const literals = new Map([
    ['acme_[a-z]{8}', ['acme_']],
    ['(?i)ACME-key=([a-z]+)', ['acme-key=']],
    ['x?yz_token\\.v1', ['yz_token.v1']],
    ['colou?r_key', ['r_key']],
    ['abc|defg', ['abc', 'defg']],
    ['(abc|def)[0-9]', []],
    ['ab|cdef', []],
    ['[a-z]{32}', []],
    ['ab{0,3}cd', []],
    ['key[|]|token', ['key', 'token']],
  ]);

  for (const [expression, expected] of literals) assert.deepEqual(listRequiredLiterals(expression), expected, expression);
});

test('a rule that cannot be used is refused with its id and the reason', () => {
  const refused = new Map([
    ['acme(', /Rule 'acme-test': not an RE2 expression/],
    ['acme(?=x)', /not an RE2 expression/],
    ['(acme)\\1', /not an RE2 expression/],
    ['[a-z]{32}', /give it `keywords`/],
    ['acme(a{0,900}b{0,900}){1}', /too large|not an RE2/],
    ['((acme{30}){30}){30}', /not an RE2 expression/],
  ]);

  for (const [expression, message] of refused) {
    assert.throws(() => scanWith({ expression }, ''), { code: 'CONFIGURATION_INVALID', message });
  }
});

test('P12: no user rule can hang a scan', () => {
  const evil = [
    'acme(a+)+$',
    'acme(a|aa)+$',
    'acme(.*)*(.*)*(.*)*x$',
    '(a*)*acme(a*)*b',
    'acme(a?){60}a{60}',
    'acme([a-z]+)*\\d',
    '(acme|a)*$',
    'acme(\\w+\\s?)*!',
  ];
  const line = `acme${'a'.repeat(4000)}`;
  const content = Buffer.from(`${line}\n`.repeat(25));
  const userRules = evil.map((expression, index) => ({ id: `evil-${index}`, title: 'Evil', expression, keywords: ['acme'] }));
  const detector = createDetector({ userRules, enabledRules: userRules.map(({ id }) => id) }, buildUserRule);

  const start = process.threadCpuUsage();
  detector.scan(content);
  const used = process.threadCpuUsage(start);

  // A backtracking engine needs longer than the age of the universe for the first of them; linear time is some 2 ms a line and rule.
  assert.ok(used.user + used.system < 8_000_000, `${(used.user + used.system) / 1000} ms`);
});

function scanWith(rule: Partial<UserRuleSource> & { readonly expression: string }, text: string): string[] {
  const detector = createDetector({ userRules: [{ id: 'acme-test', title: 'Acme', ...rule }], enabledRules: ['acme-test'] }, buildUserRule);
  return detector
    .scan(Buffer.from(text, 'latin1'))
    .filter((match) => !match.dropped)
    .map((match) => match.secret);
}
