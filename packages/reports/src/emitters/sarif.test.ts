import assert from 'node:assert/strict';
import test from 'node:test';
import { severities } from '@deployguard/findings';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { sarif } from './sarif.ts';

// Written from the specification (SARIF 2.1.0, OASIS, errata 01), the sections of which are named below.

async function emitLog(...parameters: Parameters<typeof aReport>) {
  return JSON.parse(await emitText(sarif, aReport(...parameters)));
}

test('§3.13, §3.14: a log names its version and schema and holds one run with tool and results', async () => {
  const log = await emitLog([aFinding()]);

  assert.equal(log.version, '2.1.0');
  assert.match(log.$schema, /^https:\/\/docs\.oasis-open\.org\/sarif\/sarif\/v2\.1\.0\/.*sarif-schema-2\.1\.0\.json$/);
  assert.equal(log.runs.length, 1);
  assert.equal(log.runs[0].tool.driver.name, 'deployguard');
  assert.equal(log.runs[0].tool.driver.semanticVersion, '1.2.3');
  assert.equal(log.runs[0].results.length, 1);
});

test('§3.14.23: a run that found nothing has empty results, which is not the same as none', async () => {
  const log = await emitLog([]);

  assert.deepEqual(log.runs[0].results, []);
});

test('§3.19.23, §3.27.6: each result points to its rule, and rule ids are unique', async () => {
  const log = await emitLog([aFinding({ ruleId: 'a' }), aFinding({ ruleId: 'b' }), aFinding({ ruleId: 'a' })]);

  const { rules } = log.runs[0].tool.driver;
  assert.deepEqual(
    rules.map((rule: { id: string }) => rule.id),
    ['a', 'b'],
  );
  for (const { ruleId, ruleIndex } of log.runs[0].results) assert.equal(rules[ruleIndex].id, ruleId);
  for (const rule of rules) {
    assert.equal(typeof rule.shortDescription.text, 'string');
    assert.equal(typeof rule.help.text, 'string');
    assert.ok(URL.canParse(rule.helpUri));
  }
});

test('§3.27.10 and code scanning: severities become levels and scores', async () => {
  const log = await emitLog(
    severities.map((severity) => aFinding({ severity, ruleId: severity })),
    { rules: severities.map((severity) => ({ id: severity, title: severity, severity })) },
  );

  assert.deepEqual(
    log.runs[0].results.map(({ level }: { level: string }) => level),
    ['error', 'error', 'warning', 'note', 'note'],
  );
  // Bands of code scanning: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
  const scores = log.runs[0].tool.driver.rules.map((rule: { properties: Record<string, string> }) =>
    Number(rule.properties['security-severity']),
  );
  assert.ok(
    scores[0] > 9 &&
      scores[1] >= 7 &&
      scores[1] < 9 &&
      scores[2] >= 4 &&
      scores[2] < 7 &&
      scores[3] > 0 &&
      scores[3] < 4 &&
      scores[4] === 0,
  );
});

test('§3.30: a region counts from 1 and its end column is the one after the last', async () => {
  const log = await emitLog([aFinding({ location: { path: 'a', line: 3, column: 14, endLine: 3, endColumn: 20 } })]);

  assert.deepEqual(log.runs[0].results[0].locations[0].physicalLocation.region, {
    startLine: 3,
    startColumn: 14,
    endLine: 3,
    endColumn: 21,
  });
});

test('§3.27.17: the fingerprint is the finding id, and nothing that changes with a commit', async () => {
  const log = await emitLog([aFinding({ id: 'feedfacefeedface' })]);

  assert.deepEqual(log.runs[0].results[0].partialFingerprints, { 'deployguardFindingId/v1': 'feedfacefeedface' });
});

test('§3.4.3: every path is a relative reference that decodes to the path', async () => {
  const paths = [
    'a b/ü#?.ts',
    'c:/x',
    '//host/share',
    '/etc/passwd',
    '../../up',
    '%2e%2e/x',
    'a\\b',
    ...hostileTexts.filter((text) => text !== '' && text.isWellFormed()),
  ];

  const log = await emitLog(paths.map((path) => aFinding({ location: { path, line: 1 } })));

  for (const [index, path] of paths.entries()) {
    const { uri, uriBaseId } = log.runs[0].results[index].locations[0].physicalLocation.artifactLocation;
    assert.equal(uriBaseId, '%SRCROOT%');
    assert.equal(decodeURIComponent(uri), path);
    const resolved = new URL(uri, 'https://example.org/root/');
    assert.equal(resolved.host, 'example.org', uri);
    assert.equal(resolved.search + resolved.hash, '', uri);
  }
  assert.ok(log.runs[0].originalUriBaseIds['%SRCROOT%']);
});

test('§3.4.3, RFC 3986 §2.5: the bytes of a path that is no UTF-8 are percent-encoded as they are', async () => {
  const paths = ['"caf\\351.txt"', '"a b\\377/\\"\\n"', '"unclosed'];

  const log = await emitLog(paths.map((path) => aFinding({ location: { path, line: 1 } })));

  assert.deepEqual(
    log.runs[0].results.map(
      (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        result.locations[0]!.physicalLocation.artifactLocation.uri,
    ),
    ['caf%E9.txt', 'a%20b%FF/%22%0A', '%22unclosed'],
  );
});

test('what stands in no file still has a place, which no file can have, and its commit', async () => {
  const commit = { id: 'c'.repeat(40), authorName: 'J', authorEmail: 'j@example.org', date: '2026-01-31T10:00:00Z', subject: 's' };

  const log = await emitLog([aFinding({ location: { commit } })]);

  const [location] = log.runs[0].results[0].locations;
  assert.equal(location.physicalLocation.artifactLocation.uri, `.git/commit/${'c'.repeat(40)}`);
  assert.deepEqual(location.logicalLocations, [{ fullyQualifiedName: 'c'.repeat(40), kind: 'commit' }]);
});

test('§3.14.13, §3.20: the repository, its commit and the times of the run are told', async () => {
  const log = await emitLog([]);

  assert.deepEqual(log.runs[0].versionControlProvenance, [
    { repositoryUri: 'https://example.org/octo/app.git', revisionId: 'a'.repeat(40), mappedTo: { uriBaseId: '%SRCROOT%' } },
  ]);
  assert.deepEqual(log.runs[0].invocations, [
    { executionSuccessful: true, startTimeUtc: '2026-01-31T10:00:00.000Z', endTimeUtc: '2026-01-31T10:00:01.500Z' },
  ]);
});

test('no snippet of the content is written', async () => {
  const text = await emitText(sarif, aReport([aFinding()]));

  assert.doesNotMatch(text, /"snippet"|"contents"/);
});
