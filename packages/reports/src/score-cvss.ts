type Weights = Readonly<Record<string, number>>;

const attackVector: Weights = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const attackComplexity: Weights = { L: 0.77, H: 0.44 };
const privileges: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const privilegesOfChangedScope: Weights = { N: 0.85, L: 0.68, H: 0.5 };
const userInteraction: Weights = { N: 0.85, R: 0.62 };
const impactOf: Weights = { N: 0, L: 0.22, H: 0.56 };

/**
 * The base score of a vector of CVSS 3.0 or 3.1 (https://www.first.org/cvss/v3-1/specification-document §7.1), with or without `CVSS:3.1/`
 * before it. Undefined for what is none, or lacks a metric.
 */
export function scoreCvssVector(vector: string | undefined): number | undefined {
  const metrics = new Map(vector?.split('/').map((metric) => metric.split(':') as [string, string]));
  if (/^(?:2\.0|4\.0)$/.test(metrics.get('CVSS') ?? '')) return undefined;
  const weigh = (metric: string, weights: Weights): number => weights[metrics.get(metric) ?? ''] ?? Number.NaN;
  const scope = metrics.get('S');
  if (scope !== 'U' && scope !== 'C') return undefined;
  const isChanged = scope === 'C';
  const [confidentiality, integrity, availability] = [weigh('C', impactOf), weigh('I', impactOf), weigh('A', impactOf)];
  const impactBase = 1 - (1 - confidentiality) * (1 - integrity) * (1 - availability);
  const impact = isChanged ? 7.52 * (impactBase - 0.029) - 3.25 * (impactBase - 0.02) ** 15 : 6.42 * impactBase;
  const exploitability =
    8.22 *
    weigh('AV', attackVector) *
    weigh('AC', attackComplexity) *
    weigh('PR', isChanged ? privilegesOfChangedScope : privileges) *
    weigh('UI', userInteraction);
  if (Number.isNaN(impact) || Number.isNaN(exploitability)) return undefined;
  if (impact <= 0) return 0;
  return roundUp(Math.min(isChanged ? 1.08 * (impact + exploitability) : impact + exploitability, 10));
}

/** To one decimal, as appendix A of the specification says, so that no machine rounds otherwise. */
function roundUp(number: number): number {
  const whole = Math.round(number * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
