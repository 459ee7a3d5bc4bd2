import assert from 'node:assert/strict';
import test from 'node:test';
import { findForeignValues } from './parse-foreign-report.ts';

const secret = 'made-up-value';
const key = '-----BEGIN KEY-----\nübung\n-----END KEY-----';
const gitleaks = (...values: unknown[]): string =>
  JSON.stringify(values.map((Secret) => ({ RuleID: 'generic-api-key', Match: `key=${String(Secret)}`, Secret, File: 'a', Commit: 'c' })));
const sarif = (name: string, text?: string): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name } },
        results: [{ ruleId: 'r', locations: [{ physicalLocation: { region: { startLine: 1, snippet: { text } } } }] }],
      },
    ],
  });
const trufflehog = (...values: unknown[]): string =>
  [
    '{"level":"info-0","msg":"running source"}',
    ...values.map((Raw) => JSON.stringify({ SourceMetadata: { Data: {} }, DetectorName: 'Github', Raw, Redacted: '' })),
    '',
  ].join('\n');

test('values of gitleaks and trufflehog are taken, each once, as the bytes that they are', () => {
  const expected = [secret, Buffer.from(key).toString('latin1')];

  assert.deepEqual(findForeignValues(gitleaks(secret, key, secret), 'f'), expected);
  assert.deepEqual(findForeignValues(trufflehog(secret, key, secret), 'f'), expected);
  assert.deepEqual(findForeignValues(sarif('gitleaks', secret), 'f'), [secret]);
  assert.deepEqual(findForeignValues('[]', 'f'), [], 'a scan that found nothing');
});

test('what was left out or cut is refused, with how many, and nothing is quoted', () => {
  for (const report of [
    gitleaks(secret, 'REDACTED'),
    gitleaks(secret, 'made-...'),
    gitleaks(secret, 'made\ufffdup'),
    gitleaks(secret, null),
    trufflehog(secret, ''),
  ]) {
    assert.throws(
      () => findForeignValues(report, 'f'),
      ({ code, message }) =>
        code === 'REPORT_UNREADABLE' && /^f .*1 of its 2 values.*without redaction/.test(message) && !message.includes('made'),
    );
  }
  assert.throws(() => findForeignValues(sarif('gitleaks'), 'f'), { message: /1 of its 1 values/ });
});

test('SARIF of others holds lines and not values: it is refused, with the way on', () => {
  assert.throws(() => findForeignValues(sarif('semgrep', `password = "${secret}"`), 'f'), {
    code: 'REPORT_UNREADABLE',
    message: /SARIF tells places.*JSON report.*--replace-text/,
  });
});

test('anything else is none of them', () => {
  for (const text of ['', 'text', '{"findings":[]}', '[{"a":1}]', '{"type":"report"}\n{"type":"end"}\n'])
    assert.equal(findForeignValues(text, 'f'), undefined);
});
