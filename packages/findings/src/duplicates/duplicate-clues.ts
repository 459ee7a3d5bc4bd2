import { hash } from 'node:crypto';
import type { ReportedFinding } from '../reported-finding.ts';
import { toDigestKey } from './digest-table.ts';
import { listSources } from './list-sources.ts';
import { identifyPackage } from './package-identity.ts';

/** What of a finding tells which others mean the same problem. It is small, and goes from thread to thread where findings do not. */
export interface DuplicateClues {
  /** Keys of a `DigestTable`; of a merged finding, those of its sources. */
  readonly fingerprints: readonly number[];
  /** Of words and place, when the place is exact enough that the same words cannot mean two things there. */
  readonly exact: number | undefined;
  readonly asset: string | undefined;
  readonly vulnerability: VulnerabilityClues | undefined;
  readonly line: LineClues | undefined;
}

export interface VulnerabilityClues {
  readonly aliases: readonly string[];
  /** The package or host that has it; of none of them nothing is the same, but its aliases are. */
  readonly subject: string | undefined;
  readonly version: string | undefined;
  /** Or the port of a host. */
  readonly path: string | undefined;
}

/** Of a secret or a weakness. */
export interface LineClues {
  readonly line: string;
  readonly commit: string | undefined;
  readonly cwes: readonly number[];
  readonly tools: readonly string[];
}

export function findClues(finding: ReportedFinding): DuplicateClues {
  const exact = describeExactly(finding);
  return {
    fingerprints: listSources(finding).map(({ format, fingerprint }) => keyOf(`${format} ${fingerprint}`)),
    exact: exact === undefined ? undefined : keyOf(exact),
    asset: describeAsset(finding),
    vulnerability: finding.kind === 'vulnerability' ? describeVulnerability(finding) : undefined,
    line: finding.kind === 'secret' || finding.kind === 'weakness' ? describeLine(finding) : undefined,
  };
}

function keyOf(text: string): number {
  return toDigestKey(hash('sha256', text, 'hex'));
}

/** Not of merged findings, whose words and places come from several. */
function describeExactly(finding: ReportedFinding): string | undefined {
  const { kind, tool, rule, title, description, location, asset, package: pkg, sources } = finding;
  if (sources !== undefined || location?.line === undefined || location.column === undefined || pkg !== undefined) return undefined;
  const { path, line, column, commit, resource } = location;
  return JSON.stringify([kind, tool.name.toLowerCase(), rule.id, title, description, path, line, column, commit, resource, asset]);
}

/** Undefined where it says nothing: `.` is whatever was scanned. */
function describeAsset({ asset }: ReportedFinding): string | undefined {
  return asset === undefined || /^[./]*$/.test(asset.name) ? undefined : `${asset.type} ${asset.name}`;
}

function describeVulnerability({ aliases = [], package: pkg, location: { host, port, path } = {} }: ReportedFinding): VulnerabilityClues {
  if (pkg === undefined) {
    return { aliases, subject: host === undefined ? undefined : `h ${host.toLowerCase()}`, version: undefined, path: port?.toString() };
  }
  const { isOfSystem, name, version } = identifyPackage(pkg);
  return { aliases, subject: `p ${isOfSystem} ${name}`, version, path: isOfSystem ? undefined : normalizePath(path) };
}

function describeLine(finding: ReportedFinding): LineClues | undefined {
  const { kind, location, cwes = [] } = finding;
  const path = normalizePath(location?.path);
  if (path === undefined || location?.line === undefined || (kind === 'weakness' && cwes.length === 0)) return undefined;
  return {
    line: `${kind} ${location.line} ${path}`,
    commit: location.commit,
    cwes: kind === 'secret' ? [] : cwes,
    tools: listSources(finding).map(({ tool, format }) => `${format} ${tool}`),
  };
}

/** Tools write the same file as `src/a.ts`, `./src/a.ts`, `/src/a.ts` and `src\a.ts`. */
function normalizePath(path: string | undefined): string | undefined {
  return path?.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '') || undefined;
}
