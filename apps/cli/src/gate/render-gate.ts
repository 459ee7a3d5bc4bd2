import { describeReportedPlace, severities, type Rereadable } from '@deployguard/findings';
import type { GateVerdict, Waiver } from '@deployguard/findings/review';
import { neutralizeText } from '@deployguard/reports';
import { formatCount, formatItems } from '../terminal/format-quantity.ts';
import { renderTable } from '../terminal/render-table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { JudgedFinding } from './run-gate.ts';

const mostShown = 50;

/** The rules, then the worst findings that they forbid. */
export async function* renderGate(judged: Rereadable<JudgedFinding>, verdict: GateVerdict, terminal: Terminal): AsyncGenerator<string> {
  yield renderTable(ruleColumns, verdict.rules, terminal);
  const { shown, total } = await gatherWorst(judged);
  if (shown.length > 0) yield `\n${renderTable(findingColumns, shown, terminal)}`;
  if (total > shown.length) yield `${formatCount(total - shown.length)} more; --format json lists all.\n`;
  for (const waiver of verdict.expired) yield `Ran out on ${waiver.until}: the waiver of ${describeWaiver(waiver)}.\n`;
  for (const waiver of verdict.unused) yield `Fits nothing: the waiver of ${describeWaiver(waiver)}.\n`;
}

/** In a line. */
export function describeVerdict({ passed, total, rules, waived, excused }: GateVerdict, terminal: Terminal): string {
  const failed = rules
    .filter((rule) => !rule.passed)
    .map(({ name, count, maximum }) => `"${neutralizeText(name)}" (${formatCount(count)}, at most ${formatCount(maximum)})`);
  const letThrough = [waived > 0 ? `${formatCount(waived)} waived` : '', excused > 0 ? `${formatCount(excused)} excused` : ''].filter(
    Boolean,
  );
  const about = [formatItems(total, 'finding'), ...letThrough].join(', ');
  return passed
    ? `${terminal.paint('green', 'Gate passed')}: ${about}.`
    : `${terminal.paint('red', 'Gate failed')}: ${failed.join(', ')}. ${about}.`;
}

const order: readonly string[] = [...severities, 'unknown'];

async function gatherWorst(judged: Rereadable<JudgedFinding>): Promise<{ shown: readonly JudgedFinding[]; total: number }> {
  const bySeverity = new Map<string, JudgedFinding[]>(order.map((label) => [label, []]));
  let total = 0;
  for await (const item of judged) {
    if (item.judgement.outcome !== 'forbidden') continue;
    total++;
    const list = bySeverity.get(item.finding.severity.label)!;
    if (list.length < mostShown) list.push(item);
  }
  return { shown: [...bySeverity.values()].flat().slice(0, mostShown), total };
}

function describeWaiver({ finding, rule, package: pkg, path, owner }: Waiver): string {
  return neutralizeText(`${[finding, rule, pkg, path].filter(Boolean).join(', ')} by ${owner}`);
}

const ruleColumns = [
  ['Rule', ({ name }: GateVerdict['rules'][number]) => name],
  ['Findings', ({ count }: GateVerdict['rules'][number]) => formatCount(count)],
  ['At most', ({ maximum }: GateVerdict['rules'][number]) => formatCount(maximum)],
  ['Verdict', ({ passed }: GateVerdict['rules'][number]) => (passed ? 'passed' : 'failed')],
] as const;

const findingColumns = [
  ['Severity', ({ finding }: JudgedFinding) => finding.severity.label],
  ['Finding', ({ finding }: JudgedFinding) => finding.title],
  ['Where', ({ finding }: JudgedFinding) => describeReportedPlace(finding)],
  ['Tool', ({ finding }: JudgedFinding) => finding.tool.name],
  ['Fingerprint', ({ finding }: JudgedFinding) => finding.fingerprint.slice(0, 12)],
  ['Rules', ({ judgement }: JudgedFinding) => judgement.rules.join(', ')],
] as const;
