import type { Severity } from '@deployguard/findings';
import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

const lists = ['kex', 'key', 'enc', 'mac'];

/** Reports of ssh-audit: `--json`, of one server or of several, also where these are held against a policy (https://github.com/jtesta/ssh-audit). */
export const sshAudit: Format = {
  id: 'ssh-audit',
  name: 'ssh-audit',
  variants: [buildVariant('$'), buildVariant('$[]'), buildPolicyVariant('$'), buildPolicyVariant('$[]')],
};

function buildVariant(server: '$' | '$[]'): Format['variants'][number] {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${server}.banner`, `${server}.kex`, `${server}.mac`, `${server}.enc`) && outline.hasList(`${server}.kex`),
    layout: {
      entries: [...lists.map((list) => `${server}.${list}[]`), `${server}.cves[]`],
      context: [`${server}.target`, `${server}.recommendations`],
    },
    read: readEntry,
  };
}

/** With `--policy`: what differs from it. */
function buildPolicyVariant(server: '$' | '$[]'): Format['variants'][number] {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${server}.host`, `${server}.policy`, `${server}.passed`) &&
      outline.hasList(`${server}.errors`) &&
      (outline.has(`${server}.errors[].mismatched_field`) || !outline.has(`${server}.errors[]`)),
    layout: { entries: [`${server}.errors[]`], context: ['host', 'port', 'policy'].map((name) => `${server}.${name}`) },
    read: readMismatch,
  };
}

function readMismatch({ value, parents }: JsonEntry): Reading {
  const server = parents.at(-1);
  const field = textAt(value, 'mismatched_field');
  const policy = textAt(server, 'policy');
  const describe = (label: string, name: string): string | undefined => {
    const texts = textsAt(value, name).filter((text) => text !== '');
    return texts.length > 0 ? `${label}: ${texts.join(', ')}` : undefined;
  };
  return {
    kind: 'misconfiguration',
    rule: { id: field === undefined ? undefined : `policy/${field}`, name: policy },
    title: field === undefined ? undefined : `Not as the policy wants: ${field}`,
    description: joinTexts(
      policy,
      describe('Required', 'expected_required'),
      describe('Allowed', 'expected_optional'),
      describe('Found', 'actual'),
    ),
    ...describePlace(textAt(server, 'host'), textAt(server, 'port')),
    identity: policy,
  };
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['kex', 'key exchange'],
  ['key', 'host key'],
  ['enc', 'cipher'],
  ['mac', 'message authentication'],
]);

/** Levels of notes and of recommendations. */
const labels: ReadonlyMap<string, Severity> = new Map([
  ['fail', 'high'],
  ['warn', 'medium'],
  ['critical', 'high'],
  ['warning', 'medium'],
  ['informational', 'info'],
]);

function readEntry({ path, value, parents: [server] }: JsonEntry): Reading {
  const [, host = textAt(server, 'target'), port] = /^(.*):(\d+)$/.exec(textAt(server, 'target') ?? '') ?? [];
  const place = describePlace(host, port);
  const list = path.slice(path.lastIndexOf('.') + 1, -2);
  return list === 'cves' ? { ...readCve(value), ...place } : readAlgorithm(value, list, server, place);
}

function describePlace(host: string | undefined, port: string | undefined): Pick<Draft, 'location' | 'asset'> {
  return {
    location: { host, port: parsePort(port), protocol: 'ssh' },
    asset: host === undefined ? undefined : { type: 'host', name: host },
  };
}

function readCve(value: unknown): Draft {
  const id = textAt(value, 'name');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: textAt(value, 'description') ?? id,
    cvss: [{ version: '2.0', score: numberAt(value, 'cvssv2') }],
    aliases: parseVulnerabilityIds(id),
  };
}

function readAlgorithm(value: unknown, list: string, server: unknown, place: Pick<Draft, 'location' | 'asset'>): Reading {
  const name = textAt(value, 'algorithm') ?? textAt(value);
  if (name === undefined) return { rule: {}, kind: 'misconfiguration' };
  const notes = objectAt(value, 'notes');
  const level = notes ? ['fail', 'warn'].find((candidate) => textsAt(notes, candidate).length > 0) : findAdvice(server, list, name);
  if (level === undefined) return { skipped: 'algorithm without objection' };
  return {
    kind: 'misconfiguration',
    rule: { id: `${list}/${name}`, name },
    title: `Weak ${kinds.get(list)} algorithm: ${name}`,
    description: joinTexts(...['fail', 'warn', 'info'].flatMap((candidate) => textsAt(notes, candidate))),
    severity: level,
    severityLabel: labels.get(level),
    identity: '',
    ...place,
  };
}

/** Before version 3 the notes stand in the recommendations alone: `{"critical": {"del": {"kex": [{"name": "…"}]}}}`. */
function findAdvice(server: unknown, list: string, name: string): string | undefined {
  const advice = objectAt(server, 'recommendations') ?? {};
  return Object.keys(advice).find((level) =>
    Object.values(objectAt(advice, level) ?? {}).some((actions) => {
      const items = objectAt(actions)?.[list];
      return Array.isArray(items) && items.some((item: unknown) => (textAt(item, 'name') ?? textAt(item)) === name);
    }),
  );
}
