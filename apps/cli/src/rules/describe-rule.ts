import type { Rule } from '@deployguard/secrets';

/** A rule as JSON shows it: all of it but its code. */
export function describeRule(rule: Rule): object {
  return {
    id: rule.id,
    title: rule.title,
    provider: rule.provider,
    severity: rule.severity,
    precision: rule.precision,
    keywords: rule.keywords,
    expression: rule.expression.source,
    flags: rule.expression.flags,
    ...(rule.minEntropy !== undefined && { minEntropy: rule.minEntropy }),
    ...(rule.paths !== undefined && { paths: rule.paths.source }),
    isChecked: rule.isValid !== undefined,
    source: rule.source,
    rotation: rule.rotation,
  };
}
