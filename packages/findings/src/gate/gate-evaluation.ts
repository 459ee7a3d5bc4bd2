import { posix } from 'node:path';
import { listSources } from '../duplicates/list-sources.ts';
import type { ComparedFinding } from '../baseline/finding-comparison.ts';
import type { ReportedFinding } from '../reported-finding.ts';
import { isAtLeast } from '../severity.ts';
import type { GatePolicy, GateRule, Waiver } from './gate-policy.ts';

/** What a gate says of one finding. */
export interface Judgement {
  /** `excused`: the report or a decision says that it does not count; `waived`: the policy does; `passed`: no rule forbids it. */
  readonly outcome: 'forbidden' | 'passed' | 'waived' | 'excused';
  /** Names of the rules that it falls under. */
  readonly rules: readonly string[];
  readonly reason?: string;
}

export interface RuleVerdict {
  readonly name: string;
  readonly count: number;
  readonly maximum: number;
  readonly passed: boolean;
}

export interface GateVerdict {
  readonly passed: boolean;
  readonly total: number;
  readonly rules: readonly RuleVerdict[];
  readonly waived: number;
  readonly excused: number;
  /** Waivers that ran out, which is why their findings count again. */
  readonly expired: readonly Waiver[];
  /** Waivers in force that fit no finding. */
  readonly unused: readonly Waiver[];
}

/**
 * A policy over findings: give it every finding, then ask for the verdict. It depends on nothing but what it is given; a finding that was
 * not compared with a baseline is new.
 */
export class GateEvaluation {
  readonly #policy: GatePolicy;
  readonly #now: Date;
  readonly #counts: number[];
  readonly #used = new Set<Waiver>();
  #total = 0;
  #waived = 0;
  #excused = 0;

  constructor(policy: GatePolicy, now: Date) {
    this.#policy = policy;
    this.#now = now;
    this.#counts = policy.rules.map(() => 0);
  }

  add(finding: ReportedFinding, compared?: ComparedFinding): Judgement {
    this.#total++;
    const rules = this.#policy.rules.filter((rule) => this.#falls(finding, compared, rule));
    const names = rules.map(({ name }) => name);
    if (rules.length === 0) return { outcome: 'passed', rules: names };
    const excuse = this.#findExcuse(finding, compared);
    if (excuse !== undefined) {
      this.#excused++;
      return { outcome: 'excused', rules: names, reason: excuse };
    }
    const waiver = (this.#policy.waivers ?? []).find(
      (candidate) => fits(candidate, finding) && this.#isInForce(candidate.until, candidate),
    );
    if (waiver) {
      this.#waived++;
      return { outcome: 'waived', rules: names, reason: `${waiver.reason} (${waiver.owner}, until ${waiver.until})` };
    }
    for (const [index, rule] of this.#policy.rules.entries()) if (rules.includes(rule)) this.#counts[index]!++;
    return { outcome: 'forbidden', rules: names };
  }

  decide(): GateVerdict {
    const rules = this.#policy.rules.map(({ name, maximum = 0 }, index) => {
      const count = this.#counts[index]!;
      return { name, count, maximum, passed: count <= maximum };
    });
    const waivers = this.#policy.waivers ?? [];
    return {
      passed: rules.every(({ passed }) => passed),
      total: this.#total,
      rules,
      waived: this.#waived,
      excused: this.#excused,
      expired: waivers.filter(({ until }) => !this.#holds(until)),
      unused: waivers.filter((waiver) => this.#holds(waiver.until) && !this.#used.has(waiver)),
    };
  }

  #falls(finding: ReportedFinding, compared: ComparedFinding | undefined, rule: GateRule): boolean {
    const { severity, epss, isKnownExploited = false, package: pkg } = finding;
    const label = severity.label === 'unknown' ? (this.#policy.unknownSeverity ?? 'critical') : severity.label;
    const conditions: boolean[] = [];
    if (rule.severity !== undefined) conditions.push(isAtLeast(label, rule.severity));
    if (rule.kinds) conditions.push(rule.kinds.includes(finding.kind));
    if (rule.tools) conditions.push(listSources(finding).some(({ tool }) => rule.tools!.some((name) => isSameWord(name, tool))));
    if (rule.new !== undefined) conditions.push(((compared?.change ?? 'new') !== 'unchanged') === rule.new);
    if (rule.minAgeDays !== undefined) conditions.push(this.#ageDays(finding, compared) >= rule.minAgeDays);
    if (rule.minEpss !== undefined) conditions.push((epss?.score ?? -1) >= rule.minEpss);
    if (rule.knownExploited !== undefined) conditions.push(isKnownExploited === rule.knownExploited);
    if (rule.fixAvailable !== undefined) conditions.push((pkg?.fixedVersions ?? []).length > 0 === rule.fixAvailable);
    return conditions.every(Boolean);
  }

  /** Since the baseline or else the report knows it; what nobody dates is of now. */
  #ageDays({ foundAt }: ReportedFinding, compared: ComparedFinding | undefined): number {
    const since = Date.parse(compared?.known.firstSeenAt ?? foundAt ?? '');
    return Number.isNaN(since) ? 0 : Math.floor((this.#now.getTime() - since) / 86_400_000);
  }

  #findExcuse({ suppression }: ReportedFinding, compared: ComparedFinding | undefined): string | undefined {
    const triage = compared?.known.triage;
    if (triage?.decision === 'false-positive') return `false positive: ${triage.reason} (${triage.owner})`;
    if (triage?.decision === 'accepted' && (triage.until === undefined || this.#holds(triage.until)))
      return `accepted: ${triage.reason} (${triage.owner}${triage.until === undefined ? '' : `, until ${triage.until}`})`;
    return suppression && [suppression.kind, suppression.reason].filter(Boolean).join(': ');
  }

  #isInForce(until: string, waiver: Waiver): boolean {
    if (!this.#holds(until)) return false;
    this.#used.add(waiver);
    return true;
  }

  /** The whole last day counts. */
  #holds(until: string): boolean {
    return this.#now.toISOString().slice(0, 10) <= until;
  }
}

function fits(waiver: Waiver, finding: ReportedFinding): boolean {
  const { rule, aliases = [], package: pkg, location } = finding;
  return (
    (waiver.finding === undefined || listSources(finding).some(({ fingerprint }) => fingerprint.startsWith(waiver.finding!))) &&
    (waiver.rule === undefined || [rule.id, ...aliases].some((id) => isSameWord(id, waiver.rule!))) &&
    (waiver.package === undefined || (pkg !== undefined && isSameWord(pkg.name, waiver.package))) &&
    (waiver.path === undefined || matchesPath(location?.path, waiver.path))
  );
}

function matchesPath(path: string | undefined, pattern: string): boolean {
  if (path === undefined) return false;
  const plain = path.replace(/^(?:\.?\/)+/, '');
  return plain === pattern || posix.matchesGlob(plain, pattern);
}

function isSameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
