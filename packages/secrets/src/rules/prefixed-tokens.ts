import type { Severity } from '@deployguard/findings';
import { token } from './forms.ts';
import type { KeyForm } from './key-forms.ts';
import type { KeyGroup } from './provider-keys.ts';
import type { Rule } from './rule.ts';
import type { Sampler } from './sampler.ts';

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

const minEncoded = 6;

function buildRule(group: KeyGroup, each: PrefixedToken): Rule {
  const { provider, kind = 'API key', prefix, form } = each;
  const name = `${provider} ${kind}`;
  let expression: RegExp | undefined;
  return {
    id: name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, ''),
    title: name,
    provider,
    severity: each.severity ?? group.severity,
    precision: 'exact',
    keywords: [prefix],
    // Encoded, so short a text stands by chance in every file of base64.
    ...(prefix.length < minEncoded && { plainKeywords: [prefix] }),
    get expression() {
      // A dash after a token of letters and digits continues it.
      return (expression ??= token(`${prefix.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}${form.source}(?!-)`));
    },
    minEntropy: Math.min(form.minEntropy, 3.2),
    source: each.docs,
    rotation: {
      url: each.page ?? each.docs,
      steps: [`Revoke or replace the ${kind} in the settings of the account; the linked page tells where.`, group.check],
    },
    get examples() {
      return listExamples(name, each);
    },
  };
}

function listExamples(name: string, { prefix, form }: PrefixedToken): Rule['examples'] {
  const variable = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const build = (sample: Sampler): string => prefix + form.sample(sample);
  return {
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
  };
}
