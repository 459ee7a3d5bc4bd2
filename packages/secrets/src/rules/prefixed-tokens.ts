import type { Severity } from '@deployguard/findings';
import { token } from './forms.ts';
import type { KeyForm } from './key-forms.ts';
import type { KeyGroup } from './provider-keys.ts';
import type { Rule } from './rule.ts';

/** A token that its own beginning tells. */
export interface PrefixedToken {
  readonly provider: string;
  /** What the provider calls it. Default: `API key`. */
  readonly kind?: string;
  readonly prefix: string;
  /** What follows the prefix. */
  readonly form: KeyForm;
  /** The provider's documentation of its credentials. */
  readonly docs: string;
  /** Where it is revoked, if elsewhere than `docs` says. */
  readonly page?: string;
  readonly severity?: Severity;
}

/** The rules of such tokens. The examples follow from prefix and form. */
export function buildPrefixedTokenRules(group: KeyGroup, tokens: readonly PrefixedToken[]): Rule[] {
  return tokens.map((each) => buildRule(group, each));
}

function buildRule(group: KeyGroup, { provider, kind = 'API key', prefix, form, docs, page, severity }: PrefixedToken): Rule {
  const name = `${provider} ${kind}`;
  const build = (sample: Parameters<KeyForm['sample']>[0]): string => prefix + form.sample(sample);
  const variable = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  return {
    id: name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, ''),
    title: name,
    provider,
    severity: severity ?? group.severity,
    precision: 'exact',
    keywords: [prefix],
    // A dash after a token of letters and digits continues it.
    expression: token(`${prefix.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}${form.source}(?!-)`),
    minEntropy: Math.min(form.minEntropy, 3.2),
    source: docs,
    rotation: {
      url: page ?? docs,
      steps: [`Revoke or replace the ${kind} in the settings of the account; the linked page tells where.`, group.check],
    },
    examples: {
      matches: [
        (sample) => `${variable}=${build(sample)}`,
        (sample) => `curl -H "Authorization: Bearer ${build(sample)}" https://api.example.org/v1/items`,
        (sample) => `{"token":"${build(sample)}"}`,
      ],
      misses: [
        (sample) => prefix + 'x'.repeat(form.sample(sample).length),
        () => `${variable}=${prefix}your_token`,
        (sample) => `${variable}=${build(sample).slice(0, prefix.length + 6)}`,
      ],
    },
  };
}
