import { severities } from '../severity.ts';
import type { ReportedFinding } from '../reported-finding.ts';
import { listSources } from './list-sources.ts';

/**
 * One finding of several that mean the same problem. The worst speaks, and what it does not say the others add; nobody who reported it is
 * left out. It does not count only when none of them counts. The same for every order of the findings.
 */
export function mergeFindings(findings: readonly ReportedFinding[]): ReportedFinding {
  const ordered = findings.toSorted(compareWeight);
  const [base] = ordered;
  if (base === undefined) throw new RangeError('Nothing to merge.');
  const sources = new Map(ordered.flatMap(listSources).map((source) => [`${source.fingerprint} ${source.format}`, source]));
  if (ordered.length === 1) return base;
  const suppressed = ordered.every(({ suppression }) => suppression !== undefined);
  const { suppression, ...merged } = ordered.reduceRight((rest, finding) => ({ ...rest, ...finding }));
  const united = {
    cvss: unite(ordered, ({ cvss }) => cvss, JSON.stringify),
    cwes: unite(ordered, ({ cwes }) => cwes).sort((a, b) => a - b),
    aliases: unite(ordered, ({ aliases }) => aliases).sort(compareAliases),
    toolFingerprints: unite(ordered, ({ toolFingerprints }) => toolFingerprints, JSON.stringify),
    references: unite(ordered, ({ references }) => references).slice(0, mostReferences),
  };
  const fixedVersions = unite(ordered, ({ package: pkg }) => pkg?.fixedVersions);
  const pkg = mergeFields(ordered.map((finding) => finding.package));
  const epss = ordered.flatMap((finding) => finding.epss ?? []).sort((a, b) => b.score - a.score)[0];
  const location = mergeFields(ordered.map((finding) => finding.location).filter((other) => isSameFile(base.location, other)));
  return {
    ...merged,
    ...Object.fromEntries(Object.entries(united).filter(([, values]) => values.length > 0)),
    ...(pkg && { package: { ...pkg, ...(fixedVersions.length > 0 && { fixedVersions }) } }),
    ...(location && { location }),
    ...(epss && { epss }),
    ...(suppressed && suppression && { suppression }),
    ...earliest('foundAt', ordered),
    ...earliest('publishedAt', ordered),
    ...(sources.size > 1 && { sources: [...sources.entries()].sort(([a], [b]) => compareText(a, b)).map(([, source]) => source) }),
  };
}

const mostReferences = 100;

const order: readonly ReportedFinding['severity']['label'][] = [...severities, 'unknown'];

/** Those that count first, then the worst, then by what never changes. */
function compareWeight(a: ReportedFinding, b: ReportedFinding): number {
  return (
    Number(a.suppression !== undefined) - Number(b.suppression !== undefined) ||
    order.indexOf(a.severity.label) - order.indexOf(b.severity.label) ||
    compareText(a.fingerprint, b.fingerprint) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

function unite<Value>(
  findings: readonly ReportedFinding[],
  read: (finding: ReportedFinding) => readonly Value[] | undefined,
  toKey: (value: Value) => unknown = (value) => value,
): Value[] {
  const values = findings.flatMap((finding) => read(finding) ?? []);
  return [...new Map(values.map((value) => [toKey(value), value])).values()];
}

/** Lines of one file say nothing in another: tools name different files for the same package of the system. */
function isSameFile(a: ReportedFinding['location'], b: ReportedFinding['location']): boolean {
  return a?.path === undefined || b?.path === undefined || a.path === b.path;
}

/** Each field from the first that has it. */
function mergeFields<Fields extends object>(all: readonly (Fields | undefined)[]): Fields | undefined {
  const known = all.filter((fields) => fields !== undefined);
  return known.length === 0 ? undefined : known.reduceRight((rest, fields) => ({ ...rest, ...fields }));
}

function earliest<Name extends 'foundAt' | 'publishedAt'>(name: Name, findings: readonly ReportedFinding[]): { [Key in Name]?: string } {
  const [first] = findings.flatMap((finding) => finding[name] ?? []).sort();
  return (first === undefined ? {} : { [name]: first }) as { [Key in Name]?: string };
}

/** CVE first, as everywhere. */
function compareAliases(a: string, b: string): number {
  return Number(b.startsWith('CVE-')) - Number(a.startsWith('CVE-')) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
