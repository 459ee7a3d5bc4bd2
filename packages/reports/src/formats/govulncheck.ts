import { parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/**
 * Reports of govulncheck: the stream of messages of `-format json` (https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck), such a
 * stream made a list, and the one object of its first versions.
 */
export const govulncheck: Format = {
  id: 'govulncheck',
  name: 'govulncheck',
  variants: [
    messages('$'),
    messages('$[]'),
    {
      form: 'json',
      recognises: (outline) => outline.has('$.Calls', '$.Imports', '$.Requires', '$.Vulns'),
      layout: { entries: ['$.Vulns[]'], context: ['$.Requires', '$.Calls'] },
      read: readFirstVersion,
    },
  ],
};

function messages(root: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${root}.config.protocol_version`) && outline.has(`${root}.config.scanner_name`),
    // Messages come in no certain order, and several for one problem.
    layout: { entries: [`${root}.finding`], tables: ['osv', 'finding', 'config'].map((name) => `${root}.${name}`) },
    read: readFinding,
  };
}

function readFinding({ path, value, tables }: JsonEntry): Reading {
  const root = path.slice(0, -'.finding'.length);
  const { advisories, details, level } = indexTables(tables, root);
  const id = textAt(value, 'osv');
  const [sink] = listAt(value, 'trace');
  const detail = rankDetail(value);
  if (id !== undefined && detail < (details.get(describeProblem(value)) ?? 0)) return { skipped: 'told again with more detail' };
  const symbol = textAt(sink, 'function');
  const receiver = textAt(sink, 'receiver');
  const call = listAt(value, 'trace').findLast((frame) => objectAt(frame, 'position') !== undefined);
  const called = symbol === undefined ? undefined : [textAt(sink, 'package'), receiver, symbol].filter(Boolean).join('.');
  const module = textAt(sink, 'module');
  const fixed = textAt(value, 'fixed_version');
  return {
    ...toDraft(advisories.get(id ?? ''), id, module),
    package: { name: module, version: textAt(sink, 'version'), ecosystem: 'Go', fixedVersions: fixed === undefined ? [] : [fixed] },
    location: {
      path: textAt(call, 'position', 'filename'),
      line: lineAt(call, 'position', 'line'),
      column: lineAt(call, 'position', 'column'),
      resource: called ?? textAt(sink, 'package'),
    },
    // So says govulncheck itself, where it writes OpenVEX.
    suppression: detail < levels.indexOf(level) ? { kind: 'not-affected', reason: 'vulnerable code is not called' } : undefined,
  };
}

interface Index {
  readonly advisories: ReadonlyMap<string, unknown>;
  /** How much detail there is of a problem at most. */
  readonly details: ReadonlyMap<string, number>;
  /** What was looked for: `module`, `package` or `symbol`. */
  readonly level: string;
}

const levels = ['module', 'package', 'symbol'];

const indexes = new WeakMap<object, Index>();

function indexTables(tables: JsonEntry['tables'], root: string): Index {
  const known = tables && indexes.get(tables);
  if (known) return known;
  const details = new Map<string, number>();
  for (const finding of tables?.get(`${root}.finding`) ?? []) {
    const problem = describeProblem(finding);
    details.set(problem, Math.max(details.get(problem) ?? 0, rankDetail(finding)));
  }
  const advisories = new Map((tables?.get(`${root}.osv`) ?? []).map((advisory) => [textAt(advisory, 'id') ?? '', advisory]));
  const index = { advisories, details, level: textAt(tables?.get(`${root}.config`)?.[0], 'scan_level') ?? 'module' };
  if (tables) indexes.set(tables, index);
  return index;
}

function describeProblem(finding: unknown): string {
  return JSON.stringify([textAt(finding, 'osv'), textAt(finding, 'trace', 0, 'module')]);
}

/** As `levels`. That a module is required is told first, then that its package is imported, then that its symbol is called. */
function rankDetail(finding: unknown): number {
  return ['module', 'package', 'function'].findLastIndex((field) => textAt(finding, 'trace', 0, field) !== undefined);
}

function readFirstVersion({ value, parents: [root] }: JsonEntry): Draft {
  const osv = objectAt(value, 'OSV');
  const [module, symbol] = [textAt(value, 'ModPath'), textAt(value, 'Symbol')];
  const call = objectAt(root, 'Calls', 'Functions', textAt(value, 'CallSink') ?? '', 'CallSites', 0, 'Pos');
  return {
    ...toDraft(osv, textAt(osv, 'id'), module),
    package: {
      name: module,
      version: textAt(root, 'Requires', 'Modules', textAt(value, 'RequireSink') ?? '', 'Version'),
      ecosystem: 'Go',
      fixedVersions: readFixedVersions(osv, module),
    },
    location: {
      path: textAt(call, 'Filename'),
      line: lineAt(call, 'Line'),
      column: lineAt(call, 'Column'),
      resource: [textAt(value, 'PkgPath'), symbol].filter(Boolean).join('.'),
    },
  };
}

function toDraft(osv: unknown, id: string | undefined, module: string | undefined): Draft {
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(osv, 'database_specific', 'url') ?? (id && `https://pkg.go.dev/vuln/${id}`) },
    title: textAt(osv, 'summary') ?? [id, module].filter(Boolean).join(' in '),
    description: textAt(osv, 'details'),
    // Not of the Go team; those who fill the database themselves may say it.
    severity: textAt(osv, 'severity') ?? textAt(osv, 'database_specific', 'severity'),
    aliases: parseVulnerabilityIds(id, ...textsAt(osv, 'aliases')),
    references: listAt(osv, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
    publishedAt: textAt(osv, 'published'),
  };
}

function readFixedVersions(osv: JsonObject | undefined, module: string | undefined): string[] {
  return listAt(osv, 'affected')
    .filter((affected) => textAt(affected, 'package', 'name') === module)
    .flatMap((affected) => listAt(affected, 'ranges'))
    .flatMap((range) => listAt(range, 'events'))
    .flatMap((event) => textAt(event, 'fixed') ?? []);
}
