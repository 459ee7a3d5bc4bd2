// Draws the candidates that a person labels (docs/accuracy.md), as JSON lines without values:
//   node bench/accuracy/draw-candidates.ts --repository NAME=PATH … [--reported 220] [--dropped 100] [--seed 1] [--text]
// With --text each line also has the line it stands in, for the person who labels; such output stays out of the project.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLocalRepository } from '@deployguard/git';
import { scanRepository } from '@deployguard/secrets';
import type { DroppedFinding, SecretFinding } from '@deployguard/secrets';

interface Candidate {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly isReported: boolean;
  readonly valueHash: string;
  readonly text?: string;
}

const { values } = parseArgs({
  options: {
    repository: { type: 'string', multiple: true, default: [] },
    reported: { type: 'string', default: '220' },
    dropped: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    text: { type: 'boolean', default: false },
  },
});

const candidates: Candidate[] = [];
for (const argument of values.repository) {
  const [name = '', path = ''] = argument.split(/=(.*)/s);
  candidates.push(...(await listCandidates(name, path)));
}
const isReported = ({ isReported: reported }: Candidate): boolean => reported;
for (const candidate of [
  ...draw(candidates.filter(isReported), Number(values.reported)),
  ...draw(
    candidates.filter((candidate) => !isReported(candidate)),
    Number(values.dropped),
  ),
]) {
  console.log(JSON.stringify(candidate));
}

async function listCandidates(repository: string, path: string): Promise<Candidate[]> {
  const workDirectory = mkdtempSync(join(tmpdir(), 'draw-candidates-'));
  try {
    await using opened = await openLocalRepository(path, { workDirectory });
    const { findings, dropped } = await scanRepository(opened, { explain: true });
    const inFiles = [...findings, ...dropped].filter(({ carrier, last }) => carrier === 'file' && last?.line !== undefined);
    return await Promise.all(
      inFiles.map(async (finding) => {
        const text = values.text ? await readLine(opened.git, finding) : undefined;
        return { ...toCandidate(repository, finding), ...(text === undefined ? {} : { text }) };
      }),
    );
  } finally {
    rmSync(workDirectory, { recursive: true, force: true });
  }
}

function toCandidate(repository: string, finding: SecretFinding | DroppedFinding): Candidate {
  const last = finding.last!;
  return {
    repository,
    commit: last.commit.id,
    path: last.path ?? '',
    line: last.line!,
    rule: finding.ruleId,
    isReported: !('reason' in finding),
    valueHash: createHash('sha256').update(finding.secret.reveal(), 'latin1').digest('hex').slice(0, 12),
  };
}

async function readLine(git: Awaited<ReturnType<typeof openLocalRepository>>['git'], finding: SecretFinding): Promise<string> {
  const { object, line } = finding.last!;
  const content = await git.run(['cat-file', 'blob', object!]);
  const lines = content.toString('latin1').split('\n');
  const reason = 'reason' in finding ? `${(finding as DroppedFinding).reason} ` : '';
  return `${reason}[${finding.secret.reveal().slice(0, 60)}] ${lines[line! - 2]?.slice(0, 100) ?? ''} ⏎ ${lines[line! - 1]?.slice(0, 240) ?? ''}`;
}

/** Shared out over repositories evenly, then over rules by their number but at least one each; which ones is decided by the seed. */
function draw(from: readonly Candidate[], count: number): Candidate[] {
  const groups = [...Map.groupBy(from, ({ repository }) => repository).values()].sort((a, b) => a.length - b.length);
  const drawn: Candidate[] = [];
  groups.forEach((group, i) => {
    const share = Math.ceil((count - drawn.length) / (groups.length - i));
    drawn.push(...drawByRule(group, share));
  });
  return drawn;
}

function drawByRule(group: readonly Candidate[], share: number): Candidate[] {
  const part = Math.min(1, share / group.length);
  return [...Map.groupBy(group, ({ rule }) => rule).values()].flatMap((ofRule) => {
    const ordered = ofRule.map((candidate) => ({ candidate, order: orderOf(candidate) })).sort((a, b) => (a.order < b.order ? -1 : 1));
    return ordered.slice(0, Math.max(1, Math.floor(ofRule.length * part))).map(({ candidate }) => candidate);
  });
}

function orderOf({ repository, path, rule, valueHash }: Candidate): string {
  return createHash('sha256').update([values.seed, repository, path, rule, valueHash].join('\0')).digest('hex');
}
