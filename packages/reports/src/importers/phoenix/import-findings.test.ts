import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestPhoenix } from '@deployguard/testkit';
import type { ImportRequest, TestPhoenix } from '@deployguard/testkit';
import fc from 'fast-check';
import { aReportedFinding, listVariedFindings } from '../../../test/a-reported-finding.ts';
import { aFindingOf, createMemoryLedger, createQuickClock, describeFindings, listFindings, runImport } from '../../../test/run-import.ts';
import type { ImportEvent } from './phoenix-import.ts';

let phoenix: TestPhoenix;
before(async () => {
  phoenix = await startTestPhoenix();
});
after(() => phoenix[Symbol.asyncDispose]());

test('what a scanner reports is open in Phoenix, with all that it says', async () => {
  const [vulnerability] = listVariedFindings();

  const outcome = await runImport({ findings: [vulnerability!], server: phoenix });

  const request = phoenix.imports.at(-1)!;
  assert.deepEqual(request, {
    importType: 'new',
    assessment: { assetType: 'CONTAINER', name: outcome.assessments[0]!.name },
    assets: [
      {
        attributes: { dockerfile: 'app:1' },
        findings: [
          {
            name: 'Prototype pollution',
            description: 'The function\ndefaultsDeep.',
            remedy: 'Take 4.17.12.',
            severity: '10.0',
            location: 'lodash 4.17.11 in web/package-lock.json',
            referenceIds: ['CVE-2019-10744', 'GHSA-jf85-cpcp-j695'],
            cwes: ['CWE-1321'],
            publishedDateTime: '2019:07:26 00:00:00',
            details: {
              fingerprint: '1'.repeat(32),
              kind: 'vulnerability',
              scanner: 'Acme 1.2.3',
              rule: 'CVE-2019-10744',
              severity: 'critical',
              cvss: vulnerability!.cvss,
              package: vulnerability!.package,
              references: ['https://example.org/advisory', 'not an address'],
              epss: { score: 0.05, percentile: 0.9 },
              isKnownExploited: true,
              foundAt: '2026-01-30T10:00:00.000Z',
            },
          },
        ],
      },
    ],
  });
});

test('findings of several kinds of assets go to an assessment for each; those that do not count are not sent', async () => {
  await using server = await startTestPhoenix();

  const outcome = await runImport({ findings: listVariedFindings(), server, target: { assessmentName: 'Nightly' } });

  assert.deepEqual(
    outcome.assessments.map(({ name }) => name),
    ['Nightly (INFRA)', 'Nightly (WEB)', 'Nightly (CLOUD)', 'Nightly (CONTAINER)', 'Nightly (REPOSITORY)'],
  );
  assert.deepEqual(outcome.skipped, { suppressed: 1 });
  assert.deepEqual(outcome.findings, { total: 7, imported: 7 });
  assert.equal(server.inventory.listOpen().length, 7);
  assert.deepEqual(server.inventory.listAssets(), [
    'dockerfile=app:1',
    'fqdn=example.org',
    'ip=10.0.0.1',
    'providerType=AWS providerAccountId=arn:aws:s3:::b providerResourceId=arn:aws:s3:::b',
    'repository=Nightly',
  ]);
});

test('severities are texts and times have colons unless Phoenix is said to want numbers and dashes', async () => {
  const finding = aReportedFinding({ severity: { label: 'unknown', source: 'none' }, publishedAt: '2026-01-31T10:20:30.000Z' });

  await runImport({ findings: [finding], server: phoenix });
  await runImport({ findings: [finding], server: phoenix, options: { severityAs: 'number', dateStyle: 'dashes' } });

  const [usual, other] = phoenix.imports.slice(-2).map(({ assets }) => assets[0]!.findings![0]!);
  // What nobody has rated must not look harmless.
  assert.deepEqual([usual!.severity, usual!.details!['severity']], ['8.0', 'unknown']);
  assert.equal((usual as unknown as Record<string, unknown>)['publishedDateTime'], '2026:01:31 10:20:30');
  assert.equal(other!.severity, 8);
  assert.equal((other as unknown as Record<string, unknown>)['publishedDateTime'], '2026-01-31 10:20:30');
});

test('whatever the findings and limits: every finding arrives once, every asset in one batch if it fits, and no batch closes what another opened', async () => {
  let round = 0;
  const finding = fc.record({ asset: fc.integer({ min: 0, max: 12 }), text: fc.integer({ min: 0, max: 1500 }) });
  const limits = fc.record({ maxBatchAssets: fc.integer({ min: 1, max: 5 }), maxBatchBytes: fc.integer({ min: 1500, max: 8000 }) });
  const importType = fc.constantFrom('new', 'merge', 'delta');

  await fc.assert(
    fc.asyncProperty(
      fc.array(finding, { minLength: 1, maxLength: 60 }),
      limits,
      importType,
      async (shapes, { maxBatchAssets, maxBatchBytes }, type) => {
        const findings = shapes.map(({ asset, text }, index) => aFindingOf(`repository-${asset}`, index, 'é'.repeat(text)));
        const [firstImport, firstRequest] = [phoenix.imports.length, phoenix.requests.length];
        const assessmentName = `Round ${++round}`;

        await runImport({
          findings,
          server: phoenix,
          target: { assessmentName, importType: type },
          options: { maxBatchAssets, maxBatchBytes },
        });

        const imports = phoenix.imports.slice(firstImport);
        const sizes = phoenix.requests.slice(firstRequest).filter(({ operation }) => operation === 'import');
        assert.deepEqual(
          imports.map((request) => request.importType),
          imports.map((_, index) => (index === 0 ? type : 'delta')),
        );
        assert.deepEqual(
          imports.flatMap(({ assets }) => assets.flatMap(({ findings: list }) => list!.map(({ name }) => name))).sort(),
          findings.map(({ title }) => title).sort(),
        );
        for (const [index, { assets }] of imports.entries()) {
          assert.ok(assets.length <= maxBatchAssets);
          assert.ok(sizes[index]!.bytes <= maxBatchBytes || assets[0]!.findings!.length === 1, `${sizes[index]!.bytes}`);
          for (const { attributes } of assets) assertDividedOnlyWhere(attributes['repository']!, imports, maxBatchBytes);
        }
        const known = phoenix.inventory.list().filter(({ assessment }) => assessment === `REPOSITORY ${assessmentName}`);
        assert.deepEqual([known.length, known.filter(({ isOpen }) => isOpen).length], [findings.length, findings.length]);
      },
    ),
    { numRuns: 40 },
  );
});

/** Only what is larger than a batch is divided, and shares its batches with nothing. */
function assertDividedOnlyWhere(repository: string, imports: readonly ImportRequest[], maxBatchBytes: number): void {
  const parts = imports.filter(({ assets }) => assets.some(({ attributes }) => attributes['repository'] === repository));
  if (parts.length === 1) return;
  const findings = parts.flatMap(({ assets }) => assets.flatMap((asset) => asset.findings!));
  const whole = JSON.stringify({ ...parts[0], importType: 'delta', assets: [{ attributes: { repository }, findings }] });
  assert.ok(Buffer.byteLength(whole) + 1 > maxBatchBytes, `${Buffer.byteLength(whole)}`);
  for (const { assets } of parts) assert.equal(assets.length, 1);
}

test('what is not found any more is closed by a full import, and by no part of one', async () => {
  for (const importType of ['new', 'merge'] as const) {
    await using server = await startTestPhoenix();
    const target = { assessmentName: 'Nightly', importType };
    const yesterday = listFindings(30, 6);
    const today = yesterday.filter((_, index) => index % 6 !== 0 && index > 6);

    await runImport({ findings: yesterday, server, target, options: { maxBatchAssets: 1 } });
    await runImport({ findings: today, server, target, options: { maxBatchAssets: 1 } });

    assert.deepEqual(server.inventory.listOpen(), describeFindings(today), importType);
  }
});

test('an import of a part closes nothing', async () => {
  await using server = await startTestPhoenix();
  const [first, second] = [listFindings(4, 2), listFindings(6, 3).slice(4)];

  await runImport({ findings: first, server, target: { assessmentName: 'Nightly' } });
  await runImport({ findings: second, server, target: { assessmentName: 'Nightly', importType: 'delta' } });

  assert.deepEqual(server.inventory.listOpen(), describeFindings([...first, ...second]));
});

test('a report without findings closes all of its assessment, when it is known which that is', async () => {
  await using server = await startTestPhoenix();
  const findings = listFindings(3, 1);
  await runImport({ findings, server, target: { assessmentName: 'Nightly' } });

  await assert.rejects(runImport({ findings: [], server, target: { assessmentName: 'Nightly' } }), { code: 'PHOENIX_ASSET_TYPE_MISSING' });
  const nothing = await runImport({ findings: [], server, target: { assessmentName: 'Nightly', importType: 'delta' } });
  assert.deepEqual([nothing.batches.total, server.inventory.listOpen().length], [0, 3]);
  await runImport({ findings: [], server, target: { assessmentName: 'Nightly', assetType: 'REPOSITORY' } });

  assert.deepEqual(server.inventory.listOpen(), []);
  assert.equal(server.inventory.listClosed().length, 3);
});

test('findings of which none fits the type of asset are an error, and no clean report', async () => {
  const target = { assetType: 'CLOUD' } as const;

  await assert.rejects(runImport({ findings: listFindings(2, 1), server: phoenix, target }), {
    code: 'PHOENIX_NOTHING_FITS',
    message: /each names no account of AWS, Azure or Google Cloud/,
  });
  const mixed = [...listFindings(2, 1), aReportedFinding({ location: { resource: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1' } })];
  const outcome = await runImport({ findings: mixed, server: phoenix, target });

  assert.deepEqual(outcome.skipped, { 'names no account of AWS, Azure or Google Cloud': 2 });
  assert.equal(outcome.findings.imported, 1);
});

test('findings that lack what Phoenix asks for are completed, or told and not sent', async () => {
  const bare = aReportedFinding({ asset: { type: 'repository', name: 'bare' }, severity: { label: 'unknown', source: 'none' } });
  const requests = phoenix.requests.length;

  const refused = runImport({ findings: [bare, aFindingOf('app', 1)], server: phoenix, options: { completesFindings: false } });

  await assert.rejects(refused, { code: 'PHOENIX_INCOMPLETE', message: /1 have no description, 2 have no remedy, 1 have no severity/ });
  assert.equal(phoenix.requests.length, requests);
  const outcome = await runImport({ findings: [bare], server: phoenix });
  assert.equal(outcome.findings.imported, 1);
  const { description, remedy, severity } = phoenix.imports.at(-1)!.assets[0]!.findings![0]!;
  assert.deepEqual([description, remedy, severity], ['Something is wrong', 'The scanner names none.', '8.0']);
});

test('requests are spread over the minute', async () => {
  const clock = createQuickClock();

  await runImport({ findings: listFindings(4, 4), server: phoenix, options: { clock, maxBatchAssets: 1, requestsPerMinute: 20 } });

  // A token and four batches.
  assert.deepEqual(clock.waits, [3000, 3000, 3000, 3000]);
});

test('progress tells what is planned and what has arrived', async () => {
  const events: ImportEvent[] = [];
  const ledger = createMemoryLedger();

  await runImport({
    findings: listFindings(6, 3),
    server: phoenix,
    options: { maxBatchAssets: 2 },
    ledger,
    onProgress: (event) => events.push(event),
  });

  const counts = events.map((event) =>
    'outcome' in event ? [event.type, event.outcome.batches.imported, event.outcome.findings.imported] : [event.type],
  );
  assert.deepEqual(
    counts.filter(([type]) => type !== 'waiting'),
    [
      ['planned', 0, 0],
      ['imported', 1, 4],
      ['imported', 2, 6],
    ],
  );
  const [first, second] = [...ledger.entries.values()];
  assert.deepEqual([first!.batch, first!.state, first!.importType, first!.assets, first!.findings], ['1', 'imported', 'new', 2, 4]);
  assert.deepEqual([second!.batch, second!.importType, second!.assets], ['2', 'delta', 1]);
  assert.match(first!.requestId!, /^[0-9a-f-]{36}$/);
});

test('assets without a finding that counts are told on request, and one where nothing was found', async () => {
  const [accepted] = listFindings(1, 1).map((finding) => ({ ...finding, suppression: { kind: 'accepted' as const } }));
  const options = { includesCleanAssets: true };

  const suppressed = await runImport({ server: phoenix, findings: [accepted!], options });
  const clean = phoenix.imports.at(-1)!;
  const nothing = await runImport({ server: phoenix, findings: [], options, target: { assessmentName: 'shop', assetType: 'WEB' } });
  const empty = phoenix.imports.at(-1)!;

  assert.deepEqual(clean.assets, [{ attributes: { repository: 'app-0' }, findings: [] }]);
  assert.deepEqual(suppressed.assets, { total: 1, imported: 1 });
  assert.deepEqual(empty.assets, [{ attributes: { fqdn: 'shop' }, findings: [] }]);
  assert.deepEqual(nothing.findings, { total: 0, imported: 0 });
});

test('for trying things out findings are told without risk, and machines by pseudonyms', async () => {
  const host = aReportedFinding({ location: { host: '192.168.7.20' }, asset: { type: 'host', name: 'db1.corp.example' } });

  await runImport({ server: phoenix, findings: [host], options: { isRiskless: true, pseudonymKey: 'key' } });

  const { assets } = phoenix.imports.at(-1)!;
  assert.equal(JSON.stringify(assets).match(/db1|192\.168/), null);
  assert.match(assets[0]!.attributes['fqdn']!, /^host-[0-9a-f]{12}\.example$/);
  assert.match(assets[0]!.attributes['ip']!, /^10\./);
  const [finding] = assets[0]!.findings!;
  assert.equal(finding!.severity, '1.0');
  assert.equal((finding!.details as { severity: string }).severity, 'high');
});
