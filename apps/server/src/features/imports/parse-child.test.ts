import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { ChildContext } from '../../platform/tasks/index.ts';
import { handle } from './parse-child.ts';
import { rowsFile } from './print-finding-row.ts';

test('a report so large that two threads read it gives each finding once, in its order, and what means the same is told over both', async () => {
  using directory = createTemporaryDirectory();
  const file = join(directory.path, 'report.json');
  const text = 'long '.repeat(130);
  const entries = Array.from({ length: 31_000 }, (_, index) => ({
    VulnerabilityID: `CVE-2030-${1000 + (index % 30_000)}`,
    PkgName: `package-${index % 30_000}`,
    InstalledVersion: '1.0.0',
    Title: `Hole ${index}`,
    Description: text,
    Severity: 'HIGH',
  }));
  writeFileSync(
    file,
    JSON.stringify({ SchemaVersion: 2, ArtifactName: 'shop', Results: [{ Target: 'app', Type: 'npm', Vulnerabilities: entries }] }),
  );
  const context: Pick<ChildContext, 'signal' | 'progress' | 'log'> = {
    signal: AbortSignal.timeout(60_000),
    progress: async () => {},
    log: async () => {},
  };

  const { account, duplicates, assets } = await handle(
    { workDirectory: directory.path, file, scannerType: undefined },
    context as ChildContext,
  );

  assert.deepEqual([account.entries, account.findings, duplicates, assets], [31_000, 31_000, 1000, 1]);
  const rows = JSON.parse(`[${readFileSync(join(directory.path, rowsFile), 'utf8').trimEnd().slice(0, -1)}]`) as {
    readonly title: string;
    readonly key: string;
    readonly duplicate_of?: string;
  }[];
  assert.deepEqual(
    rows.map(({ title }) => title),
    entries.map(({ Title }) => Title),
  );
  assert.equal(new Set(rows.map(({ key }) => key)).size, 31_000);
  const [lead, other] = [rows[7]!, rows[30_007]!];
  assert.ok(lead.duplicate_of === other.key || other.duplicate_of === lead.key);
});
