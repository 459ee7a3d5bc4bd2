import type { CommitReference } from '@deployguard/findings';
import { compareSeverity, quotePath } from '@deployguard/findings';
import type { Repository } from '@deployguard/git';
import { SecretValue, type SecretFinding, type SecretPlace } from '../secret-finding.ts';
import { locateOffsets, type TextPlace } from './locate-offsets.ts';
import { listValueForms, minValueBytes } from '../rewrite/value-forms.ts';
import { createMasker } from './mask-secrets.ts';
import { previewSecret } from './preview.ts';
import { judgeSeverity } from './judge-severity.ts';
import { readCommitReferences } from './read-commit-references.ts';
import type { Allowance } from '../configuration/allowances.ts';
import type { DropReason } from '../detect/judge-match.ts';
import type { Sighting } from './attribute-matches.ts';
import type { Fingerprinter } from './fingerprint.ts';
import type { FindingGatherer, GatheredFinding } from './gather-findings.ts';

/** Why a found secret is not reported although its form says that it is one. */
export type SuppressReason = 'other-path' | 'inline-allow' | 'allowed';

/** A match that is not reported, and why. */
export interface DroppedFinding extends SecretFinding {
  readonly reason: DropReason | SuppressReason;
  /** For `allowed`: the description of the allow-list entry. */
  readonly allowedBy?: string;
}

const inlineAllow = /\bdeployguard:allow\b/i;

export interface BuildFindingsOptions {
  readonly fingerprinter: Fingerprinter;
  readonly allowances: readonly Allowance[];
  /** Whether `deployguard:allow` on a line means nothing. */
  readonly ignoresComments?: boolean;
  /** Lines and columns of what is not in git's store, by object and offset. */
  readonly knownPlaces?: ReadonlyMap<string, ReadonlyMap<number, TextPlace>>;
}

/** Turns gathered matches into findings with places, commits, ids and previews; worst first, then by place. */
export async function buildFindings(
  repository: Pick<Repository, 'git' | 'objectDirectories'>,
  gatherer: FindingGatherer,
  { fingerprinter, allowances, ignoresComments = false, knownPlaces }: BuildFindingsOptions,
): Promise<{ findings: SecretFinding[]; dropped: DroppedFinding[] }> {
  const gathered = [...gatherer.findings.values()];
  const mask = createMasker(gathered.filter((finding) => finding.dropped === undefined).flatMap(listTexts));
  const [places, references] = await Promise.all([
    knownPlaces ?? locateOffsets(repository, offsetsOf(gathered)),
    readCommitReferences(repository.git, commitsOf(gathered)),
  ]);
  const commits = new Map([...references].map(([id, reference]) => [id, maskReference(reference, mask)]));

  const findings: SecretFinding[] = [];
  const dropped: DroppedFinding[] = [];
  for (const finding of gathered) {
    const lineOf = (sighting: Sighting): TextPlace | undefined => places.get(sighting.object ?? '')?.get(sighting.match.start);
    const built = buildFinding(finding, { lineOf, commits, fingerprinter, mask });
    const place = toDisplayText(finding.place);
    const allowance = allowances.find((candidate) => candidate.covers(built, { place, secret: finding.secret }));
    if (finding.dropped !== undefined) dropped.push({ ...built, reason: finding.dropped });
    else if (finding.rule.paths && !finding.rule.paths.test(place)) dropped.push({ ...built, reason: 'other-path' });
    else if (!ignoresComments && isAllowedInline(lineOf(finding.last))) dropped.push({ ...built, reason: 'inline-allow' });
    else if (allowance) dropped.push({ ...built, reason: 'allowed', allowedBy: allowance.description });
    else findings.push(built);
  }
  return { findings: findings.sort(compareFindings), dropped: dropped.sort(compareFindings) };
}

/** In UTF-16 each letter of the comment has a zero beside it. */
function isAllowedInline(line: TextPlace | undefined): boolean {
  return line !== undefined && inlineAllow.test(line.text.replaceAll('\0', ''));
}

interface BuildContext {
  lineOf(sighting: Sighting): TextPlace | undefined;
  readonly commits: ReadonlyMap<string, CommitReference>;
  readonly fingerprinter: Fingerprinter;
  mask(latin1: string): string;
}

function buildFinding(gathered: GatheredFinding, context: BuildContext): SecretFinding {
  const { rule, secret, carrier, encodings } = gathered;
  const { fingerprinter } = context;
  const first = toSecretPlace(gathered.first, context);
  const last = toSecretPlace(gathered.last, context);
  const line = context.lineOf(gathered.last);
  const path = quotePath(context.mask(gathered.place));
  const { severity, because } = judgeSeverity(rule, secret, gathered.place);
  return {
    id: fingerprinter.findingId(rule.id, secret, gathered.place),
    kind: 'secret',
    tool: 'deployguard',
    ruleId: rule.id,
    title: rule.title,
    description: describe(gathered, path, because),
    severity,
    location: {
      ...(carrier === 'file' || carrier === 'path' || carrier === 'note' || carrier === 'working-tree' || carrier === 'index'
        ? { path }
        : {}),
      ...(line ? { line: line.line, column: line.column } : {}),
      ...(first ? { commit: first.commit } : {}),
    },
    guidance: rule.rotation.steps,
    references: [rule.rotation.url],
    provider: rule.provider,
    precision: rule.precision,
    carrier,
    encodings,
    preview: previewSecret(secret),
    valueHash: fingerprinter.valueHash(secret),
    ...(first ? { first } : {}),
    ...(last ? { last } : {}),
    objectCount: gathered.objects.size,
    commitCount: gathered.commitCount,
    isInHead: gathered.isInHead,
    secret: new SecretValue(secret),
  };
}

function describe(
  { rule, carrier, encodings, isInHead, commitCount }: GatheredFinding,
  place: string,
  because: string | undefined,
): string {
  const where: Record<typeof carrier, string> = {
    file: `in the file ${place}`,
    path: `in the path ${place}`,
    note: `in a note of ${place}`,
    'commit-message': 'in a commit message',
    identity: 'in the name or address of an author, committer or tagger',
    'commit-header': 'in a header of a commit or tag',
    'tag-message': 'in the message of a tag',
    'ref-name': `in the ref name ${place}`,
    'working-tree': `in the working tree at ${place}`,
    index: `in the staged file ${place}`,
  };
  const wrapped = encodings.length > 0 ? `, wrapped as ${encodings.join(' in ')},` : '';
  const commits = commitCount > 0 ? ` of ${commitCount} ${commitCount === 1 ? 'commit' : 'commits'}` : '';
  return `${rule.title}${wrapped} ${where[carrier]}${commits}${isInHead ? '; still there at HEAD' : ''}${because === undefined ? '' : `; less severe, as it is ${because}`}.`;
}

function toSecretPlace(sighting: Sighting, { lineOf, commits, mask }: BuildContext): SecretPlace | undefined {
  const commit = sighting.commit === undefined ? undefined : commits.get(sighting.commit);
  if (!commit) return undefined;
  const place = lineOf(sighting);
  return {
    commit,
    ...(sighting.path === undefined ? {} : { path: quotePath(mask(sighting.path)) }),
    ...(sighting.object === undefined ? {} : { object: sighting.object }),
    ...(place ? { line: place.line, column: place.column } : {}),
  };
}

function maskReference(reference: CommitReference, mask: (latin1: string) => string): CommitReference {
  const maskText = (text: string): string => toDisplayText(mask(Buffer.from(text, 'utf8').toString('latin1')));
  return {
    ...reference,
    authorName: maskText(reference.authorName),
    authorEmail: maskText(reference.authorEmail),
    subject: maskText(reference.subject),
  };
}

/** What must not be printed: the value, and where it was found in another form, that form as well. */
function listTexts({ secret, encodings }: GatheredFinding): string[] {
  if (encodings.length === 0 || secret.trim().length < minValueBytes) return [secret];
  return listValueForms(secret).map(({ needle }) => needle.toString('latin1'));
}

function offsetsOf(findings: readonly GatheredFinding[]): Map<string, Set<number>> {
  const offsets = new Map<string, Set<number>>();
  for (const { first, last } of findings) {
    for (const { object, match } of [first, last]) {
      if (object === undefined) continue;
      offsets.set(object, (offsets.get(object) ?? new Set()).add(match.start));
    }
  }
  return offsets;
}

function commitsOf(findings: readonly GatheredFinding[]): string[] {
  return findings.flatMap(({ first, last }) => [first.commit, last.commit]).filter((commit) => commit !== undefined);
}

function compareFindings(a: SecretFinding, b: SecretFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    compareTexts(a.location.path ?? '', b.location.path ?? '') ||
    (a.location.line ?? 0) - (b.location.line ?? 0) ||
    (a.location.column ?? 0) - (b.location.column ?? 0) ||
    compareTexts(a.id, b.id)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes as the UTF-8 text that they most likely are. */
function toDisplayText(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
