import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { Registry } from 'prom-client';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { openDirectoryStorage } from '../storage/directory-storage.ts';
import {
  createMetrics,
  measureAnnouncements,
  measureBuild,
  measureConnections,
  measureQueueSizes,
  measureStorage,
  measureWorker,
} from './index.ts';

const root = join(import.meta.dirname, '../../../../..');
const prometheus = join(root, 'deploy/prometheus');
const dashboards = readdirSync(join(root, 'deploy/grafana')).map((name) => ({
  name,
  content: JSON.parse(readFileSync(join(root, 'deploy/grafana', name), 'utf8')) as Dashboard,
}));

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

/** Everything that any process measures. */
async function measureAll(directory: string): Promise<Registry> {
  const { registry } = createMetrics();
  measureBuild(registry, { service: 'test', version: '1' });
  measureConnections(registry, () => ({ busy: 1, idle: 2, waiting: 3, max: 10 }));
  measureQueueSizes(registry, async () => []);
  measureAnnouncements(registry, async () => ({ outboxCount: 4, outboxOldestSeconds: 5, leaders: 1 }));
  measureWorker(registry, { concurrency: 2, countRunning: () => 1 });
  measureStorage(
    registry,
    await openDirectoryStorage({ directory: join(directory, 'files'), signingKey: Buffer.alloc(32), downloadUrl: '/downloads' }),
  );
  return registry;
}

/** Names as queries use them, each with its labels. */
async function listSeries(registry: Registry): Promise<Map<string, readonly string[]>> {
  const series = new Map<string, readonly string[]>();
  for (const { name, type } of await registry.getMetricsAsJSON()) {
    const labels = (registry.getSingleMetric(name) as unknown as { labelNames: string[] }).labelNames;
    const parts = String(type) === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of parts) series.set(name + part, part === '_bucket' ? [...labels, 'le'] : labels);
  }
  return series;
}

const targetLabels = ['job', 'instance'];

/** Selectors that ask for what nobody measures. */
function listUnknown(text: string, series: Map<string, readonly string[]>): string[] {
  return [...text.matchAll(/\b((?:deployguard|nodejs|process)_[a-z0-9_]+)(\{[^}]*\})?/g)].flatMap(([selector, name, braces]) => {
    const labels = series.get(name!);
    if (labels === undefined) return [selector];
    const used = [...(braces ?? '').matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map((match) => match[1]!);
    return used.every((label) => labels.includes(label) || targetLabels.includes(label)) ? [] : [selector];
  });
}

function listQueries(): string[] {
  return dashboards.flatMap(({ content }) => content.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)));
}

test('dashboards, alerts and their tests ask for nothing that is not measured', async () => {
  using directory = createTemporaryDirectory();
  const series = await listSeries(await measureAll(directory.path));
  const rules = ['alerts.yml', 'alerts.test.yml'].map((name) => readFileSync(join(prometheus, name), 'utf8'));

  const unknown = [...listQueries(), ...rules].flatMap((text) => listUnknown(text, series));

  assert.deepEqual(unknown, []);
  assert.deepEqual(listUnknown('deployguard_tasks{cue="scan"} + deployguard_nothing', series), [
    'deployguard_tasks{cue="scan"}',
    'deployguard_nothing',
  ]);
});

test('the guide names every metric of ours with its labels, and no other', async () => {
  using directory = createTemporaryDirectory();
  const registry = await measureAll(directory.path);
  const guide = readFileSync(join(root, 'docs/observability.md'), 'utf8');
  const ours = (await registry.getMetricsAsJSON()).map(({ name }) => name).filter((name) => name.startsWith('deployguard_'));

  const rows = new Map([...guide.matchAll(/^\| `(deployguard_\w+)` *\|([^|]*)\|/gm)].map((row) => [row[1]!, row[2]!]));

  assert.deepEqual([...rows.keys()].sort(), ours.sort());
  for (const [name, labels] of rows) {
    const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
    assert.deepEqual(labels.match(/\w+/g) ?? [], labelNames, name);
  }
});

// The parts of Grafana's model (schema version 39) that a dashboard of ours needs.
const datasource = Type.Object({ type: Type.Literal('prometheus'), uid: Type.Literal('${datasource}') });
const gridPos = Type.Object({
  x: Type.Integer({ minimum: 0, maximum: 23 }),
  y: Type.Integer({ minimum: 0 }),
  w: Type.Integer({ minimum: 1, maximum: 24 }),
  h: Type.Integer({ minimum: 1 }),
});
const common = { id: Type.Integer({ minimum: 1 }), title: Type.String({ minLength: 1 }), gridPos };
const grafanaDashboard = Type.Object({
  uid: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
  title: Type.String({ minLength: 1 }),
  schemaVersion: Type.Literal(39),
  version: Type.Integer(),
  time: Type.Object({ from: Type.String(), to: Type.String() }),
  templating: Type.Object({
    list: Type.Tuple([
      Type.Object({ name: Type.Literal('datasource'), type: Type.Literal('datasource'), query: Type.Literal('prometheus') }),
    ]),
  }),
  panels: Type.Array(
    Type.Union([
      Type.Object({ ...common, type: Type.Literal('row'), collapsed: Type.Literal(false), panels: Type.Array(Type.Never()) }),
      Type.Object({
        ...common,
        type: Type.Enum(['timeseries', 'stat']),
        datasource,
        fieldConfig: Type.Object({ defaults: Type.Object({ unit: Type.String() }), overrides: Type.Array(Type.Never()) }),
        options: Type.Object({}),
        targets: Type.Array(
          Type.Object({
            refId: Type.String({ pattern: '^[A-Z]$' }),
            datasource,
            expr: Type.String({ minLength: 1 }),
            legendFormat: Type.String(),
          }),
          { minItems: 1 },
        ),
      }),
    ]),
    { minItems: 1 },
  ),
});

test('dashboards are what Grafana reads: by their model, each panel with a place and a number of its own', () => {
  const check = Compile(grafanaDashboard);

  for (const { name, content } of dashboards) {
    assert.deepEqual(check.Errors(content), [], name);
    const { panels } = content;
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, name);
    assert.deepEqual(
      panels.flatMap((panel, index) =>
        panels.slice(index + 1).flatMap((other) => (overlaps(panel, other) ? [[panel.title, other.title]] : [])),
      ),
      [],
      name,
    );
  }
  assert.equal(new Set(dashboards.map(({ content }) => content.uid)).size, dashboards.length);
});

function overlaps({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

test('promtool finds the configuration, the alerts, their tests and the queries of the dashboards good', () => {
  using directory = createTemporaryDirectory();
  const queries = join(directory.path, 'queries.yml');
  const rules = listQueries().map((expr, number) => ({
    record: `panel:${number}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  writeFileSync(queries, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
  const promtool = (...args: string[]): string => execFileSync('promtool', args, { cwd: prometheus, encoding: 'utf8', stdio: 'pipe' });

  assert.match(promtool('check', 'config', '--syntax-only', 'scrape.yml'), /SUCCESS/);
  assert.match(promtool('check', 'rules', 'alerts.yml'), /SUCCESS: 14 rules/);
  assert.match(promtool('test', 'rules', 'alerts.test.yml'), /SUCCESS/);
  assert.match(promtool('check', 'rules', queries), new RegExp(`SUCCESS: ${rules.length} rules`));
});

test('operations on files are counted by how they end', async () => {
  using directory = createTemporaryDirectory();
  const registry = createMetrics().registry;
  const storage = measureStorage(
    registry,
    await openDirectoryStorage({ directory: directory.path, signingKey: Buffer.alloc(32), downloadUrl: '/downloads' }),
  );

  await storage.put('reports/a', Buffer.from('x'));
  await assert.rejects(storage.put('reports/a', Buffer.from('x'), { ifAbsent: true }), { code: 'OBJECT_EXISTS' });
  await assert.rejects(storage.get('reports/b'), { code: 'OBJECT_NOT_FOUND' });
  await assert.rejects(storage.get('../b'), { code: 'KEY_INVALID' });

  const text = await registry.metrics();
  const counts = [...text.matchAll(/^deployguard_storage_operations_total\{operation="(\w+)",outcome="(\w+)"\} (\d+)$/gm)];
  assert.deepEqual(
    counts.map(([, ...count]) => count),
    [
      ['put', 'done', '1'],
      ['put', 'refused', '1'],
      ['get', 'refused', '1'],
      ['get', 'failed', '1'],
    ],
  );
});
