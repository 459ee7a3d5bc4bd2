import { Value } from 'typebox/value';
import { buildUserRule } from '../detect/user-rule.ts';
import { findExpressionFault } from './allowances.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { ConfigurationFault, FaultPath } from './configuration-fault.ts';
import { UserRule } from './configuration-schema.ts';
import { findGlobFault } from './find-glob-fault.ts';
import { suggestName } from './suggest-name.ts';

/** What fits the schema and makes no sense. Parts of another shape are passed over: they are told as such. */
export function listMeaningFaults(file: unknown, knownRules: readonly string[]): ConfigurationFault[] {
  const rules = listAt(file, 'rule');
  const known = new Set([...knownRules, ...rules.map((rule) => at(rule, 'id')).filter((id) => typeof id === 'string')]);
  return [
    ...['disable', 'only'].flatMap((name) => listUnknownRules(at(file, 'rules', name), known, ['rules', name])),
    ...rules.flatMap((rule, index) => listRuleFaults(rule, ['rule', index])),
    ...listAt(file, 'allow').flatMap((entry, index) => listAllowFaults(entry, known, ['allow', index])),
  ];
}

function listUnknownRules(value: unknown, known: ReadonlySet<string>, path: FaultPath): ConfigurationFault[] {
  return toTexts(value)
    .filter(([id]) => !known.has(id))
    .map(([id]) => ({ path, message: `there is no rule '${id}'.${suggestName(id, known)} \`deployguard rules list\` shows all` }));
}

function listRuleFaults(rule: unknown, path: FaultPath): ConfigurationFault[] {
  if (!Value.Check(UserRule, rule)) return [];
  try {
    buildUserRule(rule);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [{ path, message: error.message.replace(/\.$/, '') }];
  }
}

const selectors = ['findings', 'rules', 'paths', 'values'];

function listAllowFaults(entry: unknown, known: ReadonlySet<string>, path: FaultPath): ConfigurationFault[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const isEmpty = selectors.every((name) => at(entry, name) === undefined);
  return [
    ...(isEmpty ? [{ path, message: 'says what is allowed by none of findings, rules, paths, values; add at least one' }] : []),
    ...listUnknownRules(at(entry, 'rules'), known, [...path, 'rules']),
    ...listTextFaults(at(entry, 'paths'), findGlobFault, [...path, 'paths']),
    ...listTextFaults(at(entry, 'values'), findExpressionFault, [...path, 'values']),
  ];
}

function listTextFaults(value: unknown, findFault: (text: string) => string | undefined, path: FaultPath): ConfigurationFault[] {
  return toTexts(value).flatMap(([text, index]) => {
    const message = findFault(text);
    return message === undefined ? [] : [{ path: [...path, index], message }];
  });
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = at(value, key);
  return Array.isArray(list) ? list : [];
}

/** The texts of a list, with their positions. */
function toTexts(value: unknown): (readonly [text: string, index: number])[] {
  return Array.isArray(value) ? value.flatMap((item: unknown, index) => (typeof item === 'string' ? [[item, index] as const] : [])) : [];
}
