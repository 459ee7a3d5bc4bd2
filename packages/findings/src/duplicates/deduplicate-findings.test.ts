import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aReportedFinding } from '../../test/a-reported-finding.ts';
import type { ReportedAsset, ReportedFinding } from '../reported-finding.ts';
import { deduplicateFindings } from './deduplicate-findings.ts';
import { listSources } from './list-sources.ts';

async function deduplicate(findings: readonly ReportedFinding[]): Promise<ReportedFinding[]> {
  const found: ReportedFinding[] = [];
  for await (const finding of deduplicateFindings(findings)) found.push(finding);
  return found;
}

function aVulnerability(by: string, aliases: string[], changes: Partial<ReportedFinding> = {}): ReportedFinding {
  const pkg = { name: 'lodash', version: '4.17.11', ecosystem: 'npm' };
  return aReportedFinding({ by, kind: 'vulnerability', rule: { id: aliases[0] ?? 'x' }, aliases, package: pkg, ...changes });
}

test('one vulnerability under two ids is one finding that names both tools, the worst severity and all that either knows', async () => {
  const [trivy, grype] = [
    aVulnerability('Trivy', ['CVE-2019-10744', 'GHSA-jf85-cpcp-j695'], { severity: { label: 'high', source: 'tool' }, cwes: [1321] }),
    aVulnerability('Grype', ['GHSA-jf85-cpcp-j695'], {
      severity: { label: 'critical', original: 'Critical', source: 'tool' },
      package: { name: 'lodash', version: '4.17.11', purl: 'pkg:npm/lodash@4.17.11', fixedVersions: ['4.17.12'] },
      isKnownExploited: true,
    }),
  ];

  const [merged, ...others] = await deduplicate([trivy, grype]);

  assert.deepEqual(others, []);
  assert.deepEqual(merged!.severity, { label: 'critical', original: 'Critical', source: 'tool' });
  assert.deepEqual(merged!.aliases, ['CVE-2019-10744', 'GHSA-jf85-cpcp-j695']);
  assert.deepEqual(merged!.cwes, [1321]);
  assert.equal(merged!.package!.ecosystem, 'npm');
  assert.deepEqual(merged!.package!.fixedVersions, ['4.17.12']);
  assert.equal(merged!.isKnownExploited, true);
  assert.deepEqual(merged!.sources!.map(({ tool, severity }) => [tool, severity]).sort(), [
    ['Grype', 'critical'],
    ['Trivy', 'high'],
  ]);
});

test('ids are joined through findings of other packages too', async () => {
  const bridge = aVulnerability('Osv', ['CVE-2020-1', 'PYSEC-2020-1', 'GHSA-2222-2222-2222'].sort(), {
    package: { name: 'other', version: '1' },
  });

  const findings = await deduplicate([aVulnerability('A', ['CVE-2020-1']), aVulnerability('B', ['PYSEC-2020-1']), bridge]);

  assert.deepEqual(findings.map(({ sources }) => sources?.length ?? 1).sort(), [1, 2]);
});

test('two CVEs are never one, whatever names both', async () => {
  const cases: string[][][] = [
    // An advisory that covers two.
    [['CVE-2020-1', 'GHSA-2222-2222-2222'], ['CVE-2020-2', 'GHSA-2222-2222-2222'], ['GHSA-2222-2222-2222']],
    // A plugin for a whole release.
    [['CVE-2020-1'], ['CVE-2020-2'], ['CVE-2020-1', 'CVE-2020-2']],
    // A bulletin of a distribution.
    [
      ['CVE-2020-1', 'DSA-1-1'],
      ['CVE-2020-2', 'DSA-1-1'],
    ],
  ];

  for (const sets of cases) {
    const findings = sets.map((aliases, index) => aVulnerability(`Tool${index}`, aliases));

    assert.equal((await deduplicate(findings)).length, sets.length, JSON.stringify(sets));
  }
});

test('another package, version, file or asset is another problem, and what only one tool tells parts nothing', async () => {
  const id = ['CVE-2020-1'];
  const image = (name: string): ReportedAsset => ({ type: 'image', name });
  const pairs: (readonly [ReportedFinding, ReportedFinding, number])[] = [
    [
      aVulnerability('A', id, { package: { name: 'a', version: '1' } }),
      aVulnerability('B', id, { package: { name: 'b', version: '1' } }),
      2,
    ],
    [
      aVulnerability('A', id, { package: { name: 'a', version: '1' } }),
      aVulnerability('B', id, { package: { name: 'a', version: '2' } }),
      2,
    ],
    [aVulnerability('A', id, { package: { name: 'a', version: '1' } }), aVulnerability('B', id, { package: { name: 'a' } }), 1],
    [
      aVulnerability('A', id, { package: { name: 'a', version: 'v1' } }),
      aVulnerability('B', id, { package: { name: 'a', version: '1' } }),
      1,
    ],
    [aVulnerability('A', id, { location: { path: 'a/lock' } }), aVulnerability('B', id, { location: { path: 'b/lock' } }), 2],
    [aVulnerability('A', id, { location: { path: './a/lock' } }), aVulnerability('B', id, { location: { path: '/a/lock' } }), 1],
    [aVulnerability('A', id, { location: { path: 'a/lock' } }), aVulnerability('B', id), 1],
    [aVulnerability('A', id, { asset: image('a:1') }), aVulnerability('B', id, { asset: image('a:2') }), 2],
    [aVulnerability('A', id, { asset: image('a:1') }), aVulnerability('B', id, { asset: { type: 'repository', name: '.' } }), 1],
  ];

  for (const [one, other, expected] of pairs)
    assert.equal((await deduplicate([one, other])).length, expected, JSON.stringify([one, other]));
});

test('packages of the system are one wherever tools saw them, and names agree with package URLs', async () => {
  const pairs = [
    ['pkg:apk/alpine/musl@1.1.22-r3?arch=x86_64', 'musl', 'alpine', '1.1.22-r3'],
    ['pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1', 'org.apache.logging.log4j:log4j-core', 'maven', '2.14.1'],
    ['pkg:npm/%40babel/traverse@7.0.0', '@babel/traverse', 'npm', '7.0.0'],
    ['pkg:golang/golang.org/x/net@v0.1.0', 'golang.org/x/net', 'gomod', '0.1.0'],
    ['pkg:pypi/typing-extensions@4.0', 'typing_extensions', 'pip', '4.0'],
  ] as const;

  for (const [purl, name, ecosystem, version] of pairs) {
    const isSystem = purl.startsWith('pkg:apk');
    const findings = [
      aVulnerability('A', ['CVE-2020-1'], {
        package: { name: 'whatever', purl },
        location: { path: isSystem ? '/lib/apk/db/installed' : 'lock' },
      }),
      aVulnerability('B', ['CVE-2020-1'], {
        package: { name, version, ecosystem },
        location: { path: isSystem ? 'img (alpine 3.10)' : 'lock' },
      }),
    ];

    assert.equal((await deduplicate(findings)).length, 1, purl);
  }
});

test('hosts: the same vulnerability at the same port is one, at another port another', async () => {
  const at = (by: string, port: number): ReportedFinding =>
    aReportedFinding({ by, kind: 'vulnerability', aliases: ['CVE-2020-1'], location: { host: '10.0.0.1', port } });

  assert.equal((await deduplicate([at('Nessus', 443), at('OpenVAS', 443)])).length, 1);
  assert.equal((await deduplicate([at('Nessus', 443), at('OpenVAS', 8443)])).length, 2);
});

test('secrets at one line are one across tools, but two of one tool are two', async () => {
  const secret = (by: string, line: number, commit?: string): ReportedFinding =>
    aReportedFinding({ by, kind: 'secret', location: { path: 'src/a.ts', line, ...(commit && { commit }) } });

  assert.equal((await deduplicate([secret('Gitleaks', 3, 'c1'), secret('TruffleHog', 3)])).length, 1);
  assert.equal((await deduplicate([secret('Gitleaks', 3, 'c1'), secret('TruffleHog', 3, 'c2')])).length, 2);
  assert.equal((await deduplicate([secret('Gitleaks', 3), secret('TruffleHog', 4)])).length, 2);
  assert.equal((await deduplicate([secret('Gitleaks', 3), secret('Gitleaks', 3), secret('TruffleHog', 3)])).length, 3);
});

test('weaknesses are one across tools at the same line with a common CWE, and nowhere else', async () => {
  const weakness = (by: string, line: number, ...cwes: number[]): ReportedFinding =>
    aReportedFinding({ by, cwes, location: { path: 'a.c', line } });

  assert.equal((await deduplicate([weakness('A', 3, 79), weakness('B', 3, 79, 116)])).length, 1);
  assert.equal((await deduplicate([weakness('A', 3, 79), weakness('B', 3, 89)])).length, 2);
  assert.equal((await deduplicate([weakness('A', 3, 79), weakness('B', 4, 79)])).length, 2);
  assert.equal((await deduplicate([weakness('A', 3), weakness('B', 3)])).length, 2);
  assert.equal((await deduplicate([weakness('A', 3, 79), weakness('A', 3, 79), weakness('B', 3, 79)])).length, 3);
});

test('the same words of one tool at the same line and column are one, at another column another', async () => {
  const at = (column: number): ReportedFinding => aReportedFinding({ location: { path: 'a.c', line: 3, column } });

  assert.equal((await deduplicate([at(5), at(5)])).length, 1);
  assert.equal((await deduplicate([at(5), at(6)])).length, 2);
});

test('a finding that one tool suppresses and another does not counts', async () => {
  const suppression = { kind: 'suppressed' } as const;

  const [merged] = await deduplicate([aVulnerability('A', ['CVE-2020-1'], { suppression }), aVulnerability('B', ['CVE-2020-1'])]);
  const [both] = await deduplicate([
    aVulnerability('A', ['CVE-2020-1'], { suppression }),
    aVulnerability('B', ['CVE-2020-1'], { suppression }),
  ]);

  assert.equal(merged!.suppression, undefined);
  assert.deepEqual(both!.suppression, suppression);
});

const anyFinding = fc
  .record({
    fingerprint: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    by: fc.constantFrom('A', 'B', 'C'),
    kind: fc.constantFrom('vulnerability', 'secret', 'weakness'),
    severity: fc.constantFrom('critical', 'low', 'unknown'),
    aliases: fc.subarray(['CVE-2020-1', 'CVE-2020-2', 'GHSA-x', 'GHSA-y', 'PYSEC-1']),
    name: fc.constantFrom('a', 'b'),
    version: fc.constantFrom(undefined, '1', '2'),
    path: fc.constantFrom(undefined, 'p', 'q'),
    line: fc.constantFrom(undefined, 1, 2),
    column: fc.constantFrom(undefined, 1),
    commit: fc.constantFrom(undefined, 'c1', 'c2'),
    cwes: fc.subarray([79, 89]),
    asset: fc.constantFrom(undefined, 'x', 'y'),
    isSuppressed: fc.boolean(),
  })
  .map(({ fingerprint, by, kind, severity, aliases, name, version, path, line, column, commit, cwes, asset, isSuppressed }) => {
    const location = Object.fromEntries(Object.entries({ path, line, column, commit }).filter(([, value]) => value !== undefined));
    // As of real tools: one fingerprint is one problem.
    const identity = [kind, name, version, path, line, commit].join();
    return aReportedFinding({
      by,
      kind: kind as ReportedFinding['kind'],
      fingerprint: `${fingerprint} ${identity}`,
      severity: { label: severity as 'low', source: 'tool' },
      aliases,
      cwes,
      location,
      ...(kind === 'vulnerability' && { package: { name, ...(version && { version }) } }),
      ...(asset && { asset: { type: 'image', name: asset } }),
      ...(isSuppressed && { suppression: { kind: 'suppressed' } }),
    });
  });

const sorted = (findings: readonly ReportedFinding[]): string[] => findings.map((finding) => JSON.stringify(finding, sortKeys)).sort();

function sortKeys(_: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value;
}

test('whatever is reported: the order does not matter, doing it again changes nothing, and no source is lost or made up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFinding, { maxLength: 12 }), fc.infiniteStream(fc.nat()), async (findings, random) => {
      const shuffled = findings.map((finding) => ({ finding, at: random.next().value as number })).sort((a, b) => a.at - b.at);

      const once = await deduplicate(findings);
      const again = await deduplicate(once);
      const other = await deduplicate(shuffled.map(({ finding }) => finding));

      assert.deepEqual(sorted(other), sorted(once));
      assert.deepEqual(sorted(again), sorted(once));
      const sources = (list: readonly ReportedFinding[]): string[] =>
        [...new Set(list.flatMap(listSources).map(({ format, fingerprint }) => `${format} ${fingerprint}`))].sort();
      assert.deepEqual(sources(once), sources(findings));
    }),
    { numRuns: 500, seed: 5 },
  );
});
