import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aReportedFinding } from '../../test/a-reported-finding.ts';
import type { ReportedFinding } from '../reported-finding.ts';
import type { KnownFinding } from './baseline.ts';
import { FindingComparison } from './finding-comparison.ts';
import { parseBaseline } from './parse-baseline.ts';
import { printBaseline } from './print-baseline.ts';
import { triageFinding } from './triage-finding.ts';

const [monday, tuesday] = ['2026-01-05T10:00:00.000Z', '2026-01-06T10:00:00.000Z'];

function compare(before: readonly KnownFinding[], findings: readonly ReportedFinding[], time = tuesday) {
  const comparison = new FindingComparison(before, time);
  const changes = findings.map((finding) => comparison.add(finding));
  return { changes: changes.map(({ change }) => change), closed: comparison.listClosed(), known: comparison.listKnown() };
}

function aFingerprint(number: number): string {
  return number.toString(16).padStart(32, 'f');
}

function reported(...numbers: number[]): ReportedFinding[] {
  return numbers.map((number) => aReportedFinding({ fingerprint: aFingerprint(number), title: `Problem ${number}` }));
}

/** A finding that two tools reported. */
function merged(a: number, b: number): ReportedFinding {
  const source = (number: number, tool: string) => ({
    fingerprint: aFingerprint(number),
    tool,
    format: tool,
    ruleId: 'r',
    severity: 'high' as const,
  });
  return aReportedFinding({ fingerprint: aFingerprint(a), sources: [source(a, 'one'), source(b, 'two')] });
}

const triage = { decision: 'accepted', owner: 'jane', reason: 'internal only', until: '2026-12-31' } as const;

test('what is new, unchanged, closed and reopened is told', () => {
  const { known } = compare([], reported(1, 2), monday);

  const second = compare(known, reported(2, 3));
  const third = compare(second.known, reported(1, 3));

  assert.deepEqual(second.changes, ['unchanged', 'new']);
  assert.deepEqual(
    second.closed.map(({ title }) => title),
    ['Problem 1'],
  );
  assert.deepEqual(third.changes, ['reopened', 'unchanged']);
  assert.deepEqual(
    third.closed.map(({ title }) => title),
    ['Problem 2'],
  );
});

test('a finding keeps the day it was first seen and what was decided about it, also when it was gone for a time', () => {
  const { known } = compare([], reported(1), monday);
  const accepted = triageFinding({ schemaVersion: 'findings-1', findings: known }, aFingerprint(1), triage);

  const gone = compare(accepted, []).known;
  const back = compare(gone, reported(1)).known;

  assert.equal(gone[0]!.state, 'closed');
  assert.deepEqual(back, accepted);
});

test('what is said to be fixed and is still reported is reopened, and nothing says that it is fixed any more', () => {
  const { known } = compare([], reported(1), monday);
  const fixed = triageFinding({ schemaVersion: 'findings-1', findings: known }, aFingerprint(1), {
    decision: 'fixed',
    owner: 'jane',
    reason: 'done',
  });

  const { changes, known: after } = compare(fixed, reported(1));

  assert.deepEqual(changes, ['reopened']);
  assert.equal(after[0]!.triage, undefined);
});

test('a decision holds whichever of its tools reports the finding, also after one of them was silent', () => {
  const { known } = compare([], [merged(1, 2)], monday);
  const accepted = triageFinding({ schemaVersion: 'findings-1', findings: known }, aFingerprint(2), triage);

  const onlyOne = compare(accepted, reported(1));
  const onlyOther = compare(onlyOne.known, reported(2));

  assert.deepEqual([onlyOne.changes, onlyOther.changes], [['unchanged'], ['unchanged']]);
  assert.deepEqual(onlyOther.known[0]!.triage, triage);
});

test('a decision about one of two findings that turn out to be one does not hold for both', () => {
  const { known } = compare([], reported(1, 2), monday);
  const accepted = triageFinding({ schemaVersion: 'findings-1', findings: known }, aFingerprint(1), triage);

  const { known: after } = compare(accepted, [merged(1, 2)]);

  assert.equal(after.length, 1);
  assert.equal(after[0]!.triage, undefined);
});

test('the same problem of another asset is another finding', () => {
  const of = (name: string) => ({ ...reported(1)[0]!, asset: { type: 'image', name } as const });
  const { known } = compare([], [of('a'), of('b')], monday);

  const { changes, closed } = compare(known, [of('b'), of('c')]);

  assert.deepEqual(changes, ['unchanged', 'new']);
  assert.deepEqual(
    closed.map(({ asset }) => asset),
    ['image a'],
  );
});

test('whatever was known: what is new in one direction is closed in the other, and comparing again changes nothing', () => {
  const numbers = fc.uniqueArray(fc.nat(8));
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [first, second] = [compare([], reported(...a), monday), compare([], reported(...b), monday)];

      const forth = compare(first.known, reported(...b));
      const back = compare(second.known, reported(...a));
      const again = compare(forth.known, reported(...b), '2026-01-07T00:00:00.000Z');

      assert.equal(forth.changes.filter((change) => change === 'new').length, back.closed.length);
      assert.equal(back.changes.filter((change) => change === 'new').length, forth.closed.length);
      assert.equal(printBaseline(again.known), printBaseline(forth.known));
      assert.ok(again.changes.every((change) => change === 'unchanged'));
      assert.deepEqual(again.closed, []);
    }),
  );
});

test('a baseline is read back as it was written', () => {
  const { known } = compare([], [...reported(2), merged(3, 1)], monday);

  const text = printBaseline(known);

  assert.equal(printBaseline(parseBaseline(text, 'b.json').findings), text);
  assert.deepEqual(parseBaseline(printBaseline([]), 'b.json').findings, []);
});

test('what is no baseline is refused with its place, and a fingerprint that fits none or several too', () => {
  const { known } = compare([], reported(1, 2), monday);
  const baseline = { schemaVersion: 'findings-1', findings: known } as const;

  const unknown = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`field${index}`, 1]));
  assert.throws(() => parseBaseline(JSON.stringify({ ...JSON.parse(printBaseline(known)), ...unknown }), 'b.json'), {
    code: 'BASELINE_INVALID',
  });
  assert.throws(() => parseBaseline('{', 'b.json'), { code: 'BASELINE_INVALID', message: /^b\.json: not JSON/ });
  assert.throws(() => parseBaseline(printBaseline(known).replace('"open"', '"ajar"'), 'b.json'), {
    code: 'BASELINE_INVALID',
    message: /\/findings\/0\/state/,
  });
  assert.throws(() => triageFinding(baseline, 'abc', triage), { code: 'FINDING_UNKNOWN', message: /No finding/ });
  assert.throws(() => triageFinding(baseline, 'ffff', triage), { code: 'FINDING_UNKNOWN', message: /2 findings/ });
});
