import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { aReportedFinding } from '../../test/a-reported-finding.ts';
import { FindingComparison } from '../baseline/finding-comparison.ts';
import type { ReportedFinding } from '../reported-finding.ts';
import { GateEvaluation } from './gate-evaluation.ts';
import type { GatePolicy, GateRule, Waiver } from './gate-policy.ts';

const now = new Date('2026-06-30T23:59:00Z');

function evaluate(rules: readonly Omit<GateRule, 'name'>[], findings: readonly ReportedFinding[], waivers: readonly Waiver[] = []) {
  const policy: GatePolicy = { version: 1, rules: rules.map((rule, index) => ({ name: `rule ${index}`, ...rule })), waivers: [...waivers] };
  const evaluation = new GateEvaluation(policy, now);
  const outcomes = findings.map((finding) => evaluation.add(finding).outcome);
  return { outcomes, verdict: evaluation.decide() };
}

function rated(label: ReportedFinding['severity']['label']): ReportedFinding {
  return aReportedFinding({ severity: { label, source: 'tool' } });
}

test('a severity means this one and worse, and what nobody rated is never taken for harmless', () => {
  const { outcomes, verdict } = evaluate([{ severity: 'high' }], [rated('critical'), rated('high'), rated('medium'), rated('unknown')]);

  assert.deepEqual(outcomes, ['forbidden', 'forbidden', 'passed', 'forbidden']);
  assert.deepEqual(verdict.rules, [{ name: 'rule 0', count: 3, maximum: 0, passed: false }]);
  assert.equal(verdict.passed, false);
});

test('all conditions of a rule must hold, and what a report does not say does not', () => {
  const pkg = { name: 'a', fixedVersions: ['2'] };
  const cases: (readonly [Omit<GateRule, 'name'>, Partial<ReportedFinding> & { by?: string }, boolean])[] = [
    [{ kinds: ['secret'] }, { kind: 'secret' }, true],
    [{ kinds: ['secret'] }, { kind: 'weakness' }, false],
    [{ tools: ['trivy'] }, { by: 'Trivy' }, true],
    [{ tools: ['trivy'] }, { by: 'Grype' }, false],
    [{ minEpss: 0.1 }, { epss: { score: 0.1 } }, true],
    [{ minEpss: 0.1 }, { epss: { score: 0.09 } }, false],
    [{ minEpss: 0 }, {}, false],
    [{ knownExploited: true }, { isKnownExploited: true }, true],
    [{ knownExploited: true }, {}, false],
    [{ fixAvailable: true }, { package: pkg }, true],
    [{ fixAvailable: true }, { package: { name: 'a' } }, false],
    [{ fixAvailable: false }, {}, true],
    [{ new: true }, {}, true],
    [{ minAgeDays: 30 }, { foundAt: '2026-05-31T00:00:00Z' }, true],
    [{ minAgeDays: 31 }, { foundAt: '2026-05-31T00:00:00Z' }, false],
    [{ minAgeDays: 1 }, {}, false],
    [{ severity: 'high', kinds: ['secret'] }, { kind: 'secret', severity: { label: 'low', source: 'tool' } }, false],
  ];

  for (const [rule, finding, isForbidden] of cases)
    assert.deepEqual(
      evaluate([rule], [aReportedFinding(finding)]).outcomes,
      [isForbidden ? 'forbidden' : 'passed'],
      JSON.stringify([rule, finding]),
    );
});

test('a maximum lets so many through', () => {
  const findings = [rated('low'), rated('low')];

  assert.equal(evaluate([{ maximum: 2 }], findings).verdict.passed, true);
  assert.equal(evaluate([{ maximum: 1 }], findings).verdict.passed, false);
});

test('new and age follow the baseline, and what was decided there excuses as long as it holds', () => {
  const finding = rated('high');
  const seen = new FindingComparison([], '2026-06-01T00:00:00Z');
  seen.add(finding);
  const [known] = seen.listKnown();
  const judge = (rule: Omit<GateRule, 'name'>, before: typeof known) => {
    const compared = new FindingComparison(before ? [before] : [], now.toISOString()).add(finding);
    return new GateEvaluation({ version: 1, rules: [{ name: 'r', ...rule }] }, now).add(finding, compared).outcome;
  };
  const decided = (decision: 'accepted' | 'false-positive' | 'fixed', until?: string) =>
    judge({}, { ...known!, triage: { decision, owner: 'jane', reason: 'because', ...(until && { until }) } });

  assert.equal(judge({ new: true }, known), 'passed');
  assert.equal(judge({ new: false }, known), 'forbidden');
  assert.equal(judge({ new: true }, { ...known!, state: 'closed' }), 'forbidden');
  assert.equal(judge({ minAgeDays: 29 }, known), 'forbidden');
  assert.equal(judge({ minAgeDays: 30 }, known), 'passed');
  assert.equal(decided('false-positive'), 'excused');
  assert.equal(decided('accepted'), 'excused');
  assert.equal(decided('accepted', '2026-06-30'), 'excused');
  assert.equal(decided('accepted', '2026-06-29'), 'forbidden');
  assert.equal(decided('fixed'), 'forbidden');
});

test('a finding that its report suppresses is excused with the reason', () => {
  const policy: GatePolicy = { version: 1, rules: [{ name: 'nothing' }] };
  const finding = aReportedFinding({ suppression: { kind: 'false-positive', reason: 'test data' } });

  assert.deepEqual(new GateEvaluation(policy, now).add(finding), {
    outcome: 'excused',
    rules: ['nothing'],
    reason: 'false-positive: test data',
  });
});

test('a waiver holds through its last day for what all that it names fits, and is told when it ran out or fits nothing', () => {
  const owned = { owner: 'jane', reason: 'behind a proxy' };
  const finding = aReportedFinding({
    fingerprint: 'abcdef0123456789',
    rule: { id: 'GHSA-x' },
    aliases: ['CVE-2020-1'],
    package: { name: 'lodash' },
    location: { path: './test/a/b.js' },
  });
  const fits: Partial<Waiver>[] = [
    { finding: 'abcdef01' },
    { rule: 'cve-2020-1' },
    { rule: 'GHSA-x', package: 'lodash' },
    { path: 'test/**' },
    { path: 'test/a/b.js' },
  ];
  const misses: Partial<Waiver>[] = [{ finding: 'bbbbbbbb' }, { rule: 'CVE-2020-1', package: 'other' }, { path: 'src/**' }];

  for (const waiver of fits)
    assert.deepEqual(
      evaluate([{}], [finding], [{ ...waiver, ...owned, until: '2026-06-30' }]).outcomes,
      ['waived'],
      JSON.stringify(waiver),
    );
  for (const waiver of misses) {
    const { outcomes, verdict } = evaluate([{}], [finding], [{ ...waiver, ...owned, until: '2026-06-30' }]);
    assert.deepEqual(outcomes, ['forbidden'], JSON.stringify(waiver));
    assert.equal(verdict.unused.length, 1);
  }
  const late = evaluate([{}], [finding], [{ rule: 'GHSA-x', ...owned, until: '2026-06-29' }]);
  assert.deepEqual(late.outcomes, ['forbidden']);
  assert.equal(late.verdict.expired.length, 1);
  assert.deepEqual(late.verdict.unused, []);
});

test('whatever the findings: a gate that passes passes with fewer of them, and their order does not matter', () => {
  const labels = fc.constantFrom('critical', 'high', 'medium', 'low', 'info', 'unknown' as const);
  fc.assert(
    fc.property(fc.array(labels), fc.nat(3), fc.nat(5), (all, maximum, cut) => {
      const rules = [{ severity: 'medium' as const, maximum }];

      const { verdict } = evaluate(rules, all.map(rated));
      const reversed = evaluate(rules, all.toReversed().map(rated)).verdict;
      const fewer = evaluate(rules, all.slice(cut).map(rated)).verdict;

      assert.deepEqual(reversed, verdict);
      assert.ok(!verdict.passed || fewer.passed);
    }),
  );
});
