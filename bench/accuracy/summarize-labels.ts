import { readFileSync } from 'node:fs';

/** One candidate of a real repository, labelled by a person; holds no value. */
export interface CandidateLabel {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly isReported: boolean;
  /** First 12 hexadecimal digits of the value's SHA-256. */
  readonly valueHash: string;
  readonly label: 'secret' | 'full-form' | 'none';
  /** One word. */
  readonly reason: string;
}

interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Precision of what was reported, strict and formal, by repository and by rule; and what the dropped ones were. */
export function summarizeLabels(path: string): Table[] {
  const labels = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CandidateLabel);
  const reported = labels.filter(({ isReported }) => isReported);
  const dropped = labels.filter(({ isReported }) => !isReported);
  const header = ['', 'candidates', 'secret', 'full form', 'none', 'strict precision', 'formal precision'];
  const byRepository = [...Map.groupBy(reported, ({ repository }) => repository)].sort();
  const byRule = [...Map.groupBy(reported, ({ rule }) => rule)].sort();
  return [
    { title: 'Reported, by repository', header, rows: [...byRepository, ['together', reported] as const].map(toRow) },
    { title: 'Reported, by rule', header, rows: byRule.map(toRow) },
    {
      title: 'Dropped',
      header: ['', 'candidates', 'secret', 'full form', 'none'],
      rows: [['together', dropped] as const].map((row) => toRow(row).slice(0, 5)),
    },
  ];
}

function toRow([name, labels]: readonly [string, readonly CandidateLabel[]]): string[] {
  const count = (label: CandidateLabel['label']): number => labels.filter((candidate) => candidate.label === label).length;
  const [secret, fullForm, none] = [count('secret'), count('full-form'), count('none')];
  return [
    name,
    ...[labels.length, secret, fullForm, none].map(String),
    withInterval(secret, labels.length),
    withInterval(secret + fullForm, labels.length),
  ];
}

/** The share in per cent with its Wilson score interval at 95 %. */
function withInterval(part: number, whole: number): string {
  const z = 1.96;
  const share = part / whole;
  const centre = (share + z ** 2 / (2 * whole)) / (1 + z ** 2 / whole);
  const half = (z * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2))) / (1 + z ** 2 / whole);
  const text = (value: number): string => (100 * value).toFixed(0);
  return `${(100 * share).toFixed(1)} % (${text(Math.max(0, centre - half))}–${text(Math.min(1, centre + half))})`;
}
