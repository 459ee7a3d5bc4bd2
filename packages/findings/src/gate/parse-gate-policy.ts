import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { Value } from 'typebox/value';
import { ReviewError } from '../review-error.ts';
import { GatePolicy } from './gate-policy.ts';

/**
 * Reads a policy, in YAML or JSON.
 *
 * @throws {ReviewError} `GATE_POLICY_INVALID` with what is wrong, each with its line.
 */
export function parseGatePolicy(text: string, fileName: string): GatePolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const faults = document.errors.map(({ pos, code }) => ({
    offset: pos[0],
    message: `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  const value = faults.length > 0 ? undefined : toPlain(document);
  const problems = faults.length > 0 ? faults : [...listProblems(document, value)];
  if (problems.length === 0) return value as GatePolicy;
  const messages = problems.map(({ offset, message }) => `${fileName}:${lines.linePos(offset).line}: ${message}.`);
  throw new ReviewError('GATE_POLICY_INVALID', [...new Set(messages)].join('\n'));
}

interface Problem {
  readonly offset: number;
  readonly message: string;
}

function toPlain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    return 'aliases (*name), which are not supported';
  }
}

function* listProblems(document: Document.Parsed, value: unknown): Generator<Problem> {
  for (const error of Value.Errors(GatePolicy, value)) {
    const path = error.instancePath
      .split('/')
      .slice(1)
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const name = path.filter((step) => typeof step === 'string').at(-1);
    // There is a limit to how many errors there are (`maxErrors` of TypeBox): the one that names all unknown settings may be missing.
    if (error.keyword === 'boolean') {
      yield { offset: offsetOf(document, path), message: `there is no setting "${path.at(-1)}" here` };
    } else if (error.keyword === 'required') {
      yield { offset: offsetOf(document, path), message: `${error.params.requiredProperties.join(' and ')} must be given` };
    } else if (error.keyword !== 'additionalProperties') {
      yield { offset: offsetOf(document, path), message: `${name ?? 'the policy'} ${describe(error)}` };
    }
  }
  if (!isPolicyLike(value)) return;
  for (const [index, waiver] of value.waivers.entries())
    if (!['finding', 'rule', 'package', 'path'].some((key) => key in waiver))
      yield { offset: offsetOf(document, ['waivers', index]), message: 'a waiver names a finding, rule, package or path' };
}

function describe({ keyword, message, params }: { readonly keyword: string; readonly message: string; readonly params: object }): string {
  if (keyword === 'enum' && 'allowedValues' in params) return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
  if (keyword === 'format') return 'must be a day such as 2026-12-31';
  if (keyword === 'const' && 'allowedValue' in params) return `must be ${String(params.allowedValue)}`;
  return message;
}

function isPolicyLike(value: unknown): value is { waivers: object[] } {
  const waivers = (value as { waivers?: unknown } | null)?.waivers;
  return Array.isArray(waivers) && waivers.every((waiver) => typeof waiver === 'object' && waiver !== null);
}

/** Where the setting is written, or the nearest around it. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
