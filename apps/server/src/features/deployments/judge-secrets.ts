import type { Severity } from '@deployguard/findings';
import type { ScanResult, SecretFinding } from '@deployguard/secrets';

/** What a gate says of the secrets in a history. Values are not in it. */
export interface GateVerdict {
  /** How many of them stop the deployment. */
  readonly blocked: number;
  /** Those that stop it, or would if nobody had accepted them; the first hundred, the worst first. */
  readonly findings: readonly GateFinding[];
  /** What the scan could not read, in the words of `deployguard scan`. */
  readonly left_out?: readonly string[];
}

export interface GateFinding {
  readonly finding_id: string;
  readonly rule_id: string;
  readonly title: string;
  readonly severity: Severity;
  /** First and last characters, or less. */
  readonly preview: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly commit: string | null;
  readonly is_accepted: boolean;
  /** Whether a comment `deployguard:allow` in the repository accepts it, which nobody decided here. */
  readonly is_allowed_inline: boolean;
}

const stopping: readonly Severity[] = ['critical', 'high'];
const shown = 100;
const logged = 50;
/** So many ids stand in the command that accepts them. */
const waivable = 10;

/** Judges what a scan reports, and lists what comments in the repository kept out of its report. */
export function judgeSecrets(
  { findings: found, dropped }: Pick<ScanResult, 'findings' | 'dropped'>,
  accepted: readonly string[],
): GateVerdict {
  const isAccepted = new Set(accepted);
  const allowed = dropped.filter(({ reason }) => reason === 'inline-allow');
  const toGateFinding = (finding: SecretFinding, isAllowedInline: boolean): GateFinding => ({
    finding_id: finding.id,
    rule_id: finding.ruleId,
    title: finding.title,
    severity: finding.severity,
    preview: finding.preview.slice(0, 32),
    ...placeOf(finding),
    is_accepted: isAllowedInline || isAccepted.has(finding.id),
    is_allowed_inline: isAllowedInline,
  });
  const findings = [
    ...found.map((finding) => toGateFinding(finding, false)),
    ...allowed.map((finding) => toGateFinding(finding, true)),
  ].filter(({ severity }) => stopping.includes(severity));
  const blocked = findings.filter((finding) => !finding.is_accepted);
  return { blocked: blocked.length, findings: [...blocked, ...findings.filter((finding) => finding.is_accepted)].slice(0, shown) };
}

/** For people: what is where, the first few. */
export function describeVerdict({ blocked, findings }: GateVerdict): string {
  const first = findings
    .filter(({ is_accepted: isAccepted }) => !isAccepted)
    .slice(0, 3)
    .map((finding) => describe(finding, 80));
  const more = blocked > first.length ? ` and ${blocked - first.length} more` : '';
  const what = blocked === 1 ? 'A secret' : `${blocked} secrets`;
  const ids = findings.filter(({ is_accepted: isAccepted }) => !isAccepted).map(({ finding_id: id }) => id);
  const shownIds = [...new Set(ids)].slice(0, waivable).join(' ');
  return `${what} in the history: ${first.join('; ')}${more}. Revoke and clean, or accept: deployguard deploy … --waive ${shownIds}${blocked > waivable ? ' …' : ''} --reason <why>`;
}

/** For the log: those that stop the deployment, one a line, as many as people read. */
export function listBlocking({ blocked, findings }: GateVerdict): string[] {
  const listed = findings.filter(({ is_accepted: isAccepted }) => !isAccepted).slice(0, logged);
  const more = blocked > listed.length ? [`… and ${blocked - listed.length} more.`] : [];
  return [...listed.map((finding) => describe(finding, 400)), ...more];
}

/** For the log of a deployment that nothing stops: what was accepted, by whom, and where. */
export function listAccepted({ findings }: GateVerdict): string[] {
  if (findings.length === 0) return ['No secret stops this deployment.'];
  return findings
    .slice(0, logged)
    .map((finding) => `${finding.is_allowed_inline ? 'Accepted by a comment in the repository' : 'Accepted'}: ${describe(finding, 400)}`);
}

function describe({ finding_id: id, title, preview, path, line, commit }: GateFinding, maxPlace: number): string {
  const place = path === null ? 'in no file' : `${path.slice(0, maxPlace)}${line === null ? '' : `:${line}`}`;
  return `${title}${preview === '' ? '' : ` ${preview}`} (${place}${commit === null ? '' : `, commit ${commit.slice(0, 8)}`}, id ${id})`;
}

/** The line is that of the file in the commit: the newest that holds the secret, as people look for it in files as they are. */
function placeOf({ location, last }: SecretFinding): Pick<GateFinding, 'path' | 'line' | 'commit'> {
  return {
    path: storable(location.path),
    line: (last ? last.line : location.line) ?? null,
    commit: (last ? last.commit.id : location.commit?.id) ?? null,
  };
}

/** What PostgreSQL can keep, and people read. */
function storable(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, 500).toWellFormed().replaceAll('\0', '\u{fffd}');
}
