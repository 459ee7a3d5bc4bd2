import type { ReportedFinding } from '@deployguard/findings';
import { loadReader } from '@deployguard/reports';
import { findingSeverities } from '@deployguard/contracts/words';
import type { ScannerRun } from '@deployguard/delivery';
import type { ScanVerdict, Severity, Vulnerability } from './release-evidence.ts';

/** The worst of them are kept by name, the others are counted. */
const kept = 200;
const textCharacters = 300;

/** What the report of a scanner says, in the words of all reports. One that cannot be read is a scan that failed. */
export async function readScanReport(
  { scanner, reportFile }: Extract<ScannerRun, { readonly status: 'done' }>,
  workDirectory: string,
): Promise<ScanVerdict> {
  const reader = await loadReader();
  const unreadable = { status: 'failed', scanner, reason: 'its report cannot be read' } as const;
  const format = reader.findFormat(scanner)!;
  const found: Vulnerability[] = [];
  try {
    await using report = await reader.openReport(reportFile, { workDirectory });
    const recognition = await reader.recognizeReport(report, [format]);
    if (recognition.outcome === 'recognized') {
      const account = reader.openAccount();
      for await (const batch of reader.readReport(report, recognition, account)) {
        found.push(...batch.filter(counts).map(toVulnerability));
      }
      if (account.damage !== undefined || Object.keys(account.lost).length > 0) return unreadable;
    } else if (recognition.outcome !== 'empty') return unreadable;
  } catch (error) {
    if (error instanceof reader.ReportError || (error as NodeJS.ErrnoException).code === 'ENOENT') return unreadable;
    throw error;
  }
  const order = (severity: Severity): number => findingSeverities.indexOf(severity);
  return {
    status: 'done',
    scanner,
    counts: countBySeverity(found),
    vulnerabilities: found.toSorted((one, other) => order(one.severity) - order(other.severity)).slice(0, kept),
  };
}

function counts({ kind, suppression }: ReportedFinding): boolean {
  return kind === 'vulnerability' && suppression === undefined;
}

function toVulnerability({ rule, aliases, title, severity, package: of }: ReportedFinding): Vulnerability {
  return {
    id: storable(aliases?.[0] ?? rule.id),
    title: storable(title),
    severity: severity.label,
    package: of === undefined ? null : storable(of.name),
    version: of?.version === undefined ? null : storable(of.version),
    fixed_versions: (of?.fixedVersions ?? []).slice(0, 20).map(storable),
  };
}

/** What PostgreSQL can keep, and people want to read. */
function storable(text: string): string {
  return text.slice(0, textCharacters).toWellFormed().replaceAll('\0', '\u{fffd}');
}

function countBySeverity(found: readonly Vulnerability[]): Record<Severity, number> {
  const counted = Object.fromEntries(findingSeverities.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const { severity } of found) counted[severity]++;
  return counted;
}
