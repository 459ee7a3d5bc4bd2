import type { Severity } from '@deployguard/findings';
import { assigned, credentialsOf } from './forms.ts';
import type { KeyForm } from './key-forms.ts';
import type { Rule } from './rule.ts';

/** A key that only its provider's name beside it tells from any other text of its form. */
export interface ProviderKey {
  readonly provider: string;
  /** How the provider is called in names of variables and addresses: its words, in lower case, with blanks between them. */
  readonly name: string | readonly string[];
  /** What the provider calls it. Default: `API key`. */
  readonly kind?: string;
  /** What the name ends in (expression source), where that does not sound like a credential: `app_?id`. */
  readonly calledAs?: string;
  readonly form: KeyForm;
  /** The provider's documentation of its credentials. */
  readonly docs: string;
  /** Where it is revoked, if elsewhere than `docs` says. */
  readonly page?: string;
  readonly severity?: Severity;
}

/** What keys of services of one sort have in common. */
export interface KeyGroup {
  readonly severity: Severity;
  /** What to look for after a leak, in the imperative. */
  readonly check: string;
}

/** The rules of such keys. The examples follow from name and form. */
export function buildProviderKeyRules(group: KeyGroup, keys: readonly ProviderKey[]): Rule[] {
  return keys.map((key) => buildRule(group, key));
}

/** What may follow the name of a provider in the name of its key; `codacy` is no key of Coda. */
const nameEnd = '(?=[\\W_]|api|key|token|secret|access|auth|client|app|pass|licen|personal|private|admin|user|service|config|prod|live|$)';

/** Names this short are parts of other words. */
const maxPartLength = 6;

function buildRule(group: KeyGroup, key: ProviderKey): Rule {
  const kind = key.kind ?? 'API key';
  const names = typeof key.name === 'string' ? [key.name] : key.name;
  let expression: RegExp | undefined;
  return {
    id: `${toKebab(key.provider)}-${toKebab(kind)}`,
    title: `${key.provider} ${kind}`,
    provider: key.provider,
    severity: key.severity ?? group.severity,
    precision: 'contextual',
    keywords: names.flatMap(listSpellings),
    // There are so many of these rules that a scan that needs few of them would notice.
    get expression() {
      return (expression ??= buildExpression(names, key));
    },
    minEntropy: key.form.minEntropy,
    ...(key.form.isWordLike && { chosen: 'random' }),
    source: key.docs,
    rotation: {
      url: key.page ?? key.docs,
      steps: [`Revoke or replace the ${kind} in the settings of the account; the linked page tells where.`, group.check],
    },
    get examples() {
      return listExamples(names[0]!, kind, key.form);
    },
  };
}

function buildExpression(names: readonly string[], { form, calledAs }: ProviderKey): RegExp {
  const name = `(?:${names.map(spellAnyway).join('|')})${nameEnd}`;
  const inAddress = `[\\w.\\-]{0,16}/[^\\s"'<>]{0,96}?[?&][\\w.\\-]{0,16}?(?:key|token|secret|app_?id|auth|api)`;
  const ends = [inAddress, ...(calledAs ? [`[\\w.\\-]{0,16}?(?:[:=>\\[({,"' \\t]{1,8}[\\w.\\-]{0,16}?)?${calledAs}`] : [])];
  return assigned([...credentialsOf(name), `${name}(?:${ends.join('|')})`], form.source);
}

function spellAnyway(name: string): string {
  const start = name.split(' ')[0]!.length <= maxPartLength ? '(?<![A-Za-z])' : '';
  return start + name.replaceAll(' ', '[_.\\-]?');
}

function listSpellings(name: string): string[] {
  if (!name.includes(' ')) return [name];
  const separators = isHost.test(name) ? ['', '_', '-', '.'] : ['', '_', '-'];
  return separators.map((separator) => name.replaceAll(' ', separator));
}

const isHost = / (?:io|com|co|ai|net|org|dev|app|me|gov|works|page|api)$/;

function listExamples(name: string, kind: string, form: KeyForm): Rule['examples'] {
  const variable = `${name} ${kind}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const host = name.replaceAll(' ', '');
  return {
    matches: [
      (sample) => `${variable}=${form.sample(sample)}`,
      (sample) => `const client = new ${host[0]!.toUpperCase()}${host.slice(1)}({ apiKey: '${form.sample(sample)}' });`,
      (sample) => `curl 'https://api.${host}.com/v1/items?limit=10&api_key=${form.sample(sample)}'`,
    ],
    misses: [
      () => `${variable}=your-${host}-key`,
      (sample) => `${variable}=${'x'.repeat(form.sample(sample).length)}`,
      (sample) => `${variable.split('_')[0]}_VERSION=${form.sample(sample)}`,
      (sample) => `${variable}=${cut(form.sample(sample))}`,
    ],
  };
}

function cut(text: string): string {
  return text.slice(0, text.length >> 1);
}

function toKebab(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
