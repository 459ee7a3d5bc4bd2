import type { Severity, ToolFingerprint } from '@deployguard/findings';
import { decodeUriPath } from '../decode-uri-path.ts';
import { fingerprintName } from '../finding-emitters/fingerprint-name.ts';
import { parseCwes, parseFingerprint, parseVulnerabilityIds } from '../parse-ids.ts';
import { findInList } from '../reading/find-in-list.ts';
import { lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import type { Draft, Format, Reading } from './format.ts';

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) of any tool, and the versions before it; the tool is the one
 * it names.
 */
export const sarif: Format = {
  id: 'sarif',
  name: 'SARIF',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.runs') && !isOld(outline) && (outline.matches('$.$schema', /sarif/i) || outline.matches('$.version', /^2\.\d/)),
      layout: {
        entries: ['$.runs[].results[]'],
        context: ['tool', 'artifacts', 'logicalLocations', 'invocations'].map((name) => `$.runs[].${name}`),
      },
      read: readResult,
    },
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.runs') && isOld(outline),
      layout: { entries: ['$.runs[].results[]'], context: ['$.runs[].tool', '$.runs[].rules'] },
      read: readOldResult,
    },
  ],
};

/** Version 1.0.0, which compilers for .NET write unless they are told otherwise. */
function isOld(outline: JsonOutline): boolean {
  return (
    outline.matches('$.version', /^1\.0\.0/) &&
    (outline.matches('$.$schema', /sarif/i) || outline.has('$.runs[].tool.name', '$.runs[].results'))
  );
}

function readResult({ value, parents }: JsonEntry): Reading {
  const run = parents.at(-1);
  const driver = objectAt(run, 'tool', 'driver');
  const found = findRule(value, driver, listAt(run, 'tool', 'extensions'));
  const rule = describeRule(found);
  const id = textAt(value, 'ruleId') ?? textAt(value, 'rule', 'id') ?? rule.id;
  const message = readMessage(objectAt(value, 'message'), found);
  const score = numberAt(value, 'properties', 'security-severity') ?? rule.score;
  const rated = textAt(value, 'properties', 'security-severity') ?? rule.rated;
  const level = textAt(value, 'level') ?? findOverride(run, id) ?? rule.level ?? 'warning';
  const kind = textAt(value, 'kind') ?? 'fail';
  if (kind === 'pass' || kind === 'notApplicable') return { skipped: 'passed check' };
  if (kind === 'informational') return { skipped: 'information' };
  const region = objectAt(value, 'locations', 0, 'physicalLocation', 'region');
  const aliases = parseVulnerabilityIds(id);
  return {
    kind: aliases.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id, name: rule.name, helpUri: rule.helpUri },
    title: rule.title ?? message ?? id,
    description: describe(message, value, run),
    remedy: rule.help ?? textAt(value, 'fixes', 0, 'description', 'text'),
    severity: rated ?? level,
    severityLabel: score === undefined && rated === undefined ? levels.get(level) : undefined,
    cvss: score === undefined ? [] : [{ score, source: 'security-severity' }],
    cwes: readCwes(value, rule),
    aliases,
    location: {
      path: readPath(objectAt(value, 'locations', 0, 'physicalLocation'), run),
      line: lineAt(region, 'startLine'),
      column: lineAt(region, 'startColumn'),
      endLine: lineAt(region, 'endLine'),
      endColumn: lineAt(region, 'endColumn'),
      resource: readLogicalLocation(value, run),
    },
    suppression: readSuppression(value),
    ownFingerprint: readFingerprint(value, driver),
    keptFingerprint: parseFingerprint(textAt(value, 'partialFingerprints', fingerprintName)),
    toolFingerprints: listFingerprints(value),
    identity: message,
    // Before version 2.1 the tool had no driver.
    tool: {
      name: textAt(driver, 'name') ?? textAt(run, 'tool', 'name'),
      version: textAt(driver, 'semanticVersion') ?? textAt(driver, 'version'),
    },
  };
}

const levels: ReadonlyMap<string, Severity> = new Map([
  ['error', 'high'],
  ['warning', 'medium'],
  ['note', 'low'],
  ['none', 'info'],
]);

/** Parts of an id of a rule that are looked at. */
const deepestId = 8;

/** §3.52: by index, in the driver or an extension, else by id; an id may add to that of its rule behind a slash. */
function findRule(result: unknown, driver: unknown, extensions: readonly unknown[]): unknown {
  const component = numberAt(result, 'rule', 'toolComponent', 'index');
  const rules = listAt(component === undefined ? driver : extensions[component], 'rules');
  const index = numberAt(result, 'ruleIndex') ?? numberAt(result, 'rule', 'index');
  const byIndex = index === undefined ? undefined : rules[index];
  if (byIndex !== undefined) return byIndex;
  const id = textAt(result, 'ruleId') ?? textAt(result, 'rule', 'id');
  if (id === undefined) return undefined;
  const lists = [driver, ...extensions].map((holder) => listAt(holder, 'rules'));
  const ids = [id, ...id.split('/', deepestId).map((_, at, parts) => parts.slice(0, parts.length - at).join('/'))];
  return ids.flatMap((one) => lists.map((list) => findInList(list, one, (rule) => textAt(rule, 'id')))).find((rule) => rule !== undefined);
}

/** What a rule says of each of its results, of which there may be a hundred thousand. */
interface RuleFacts {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly helpUri: string | undefined;
  readonly title: string | undefined;
  readonly help: string | undefined;
  readonly level: string | undefined;
  readonly score: number | undefined;
  readonly rated: string | undefined;
  /** Texts with weaknesses: what is said before those of a result, and behind them. */
  readonly tags: readonly string[];
  readonly taxa: readonly string[];
  readonly cwes: readonly number[];
}

const described = new WeakMap<object, RuleFacts>();

function describeRule(rule: unknown): RuleFacts {
  const key = objectAt(rule) ?? noRule;
  const known = described.get(key);
  if (known !== undefined) return known;
  const tags = textsAt(key, 'properties', 'tags');
  const taxa = [
    ...textsAt(key, 'properties', 'cwe'),
    ...readTaxa(listAt(key, 'relationships').map((relation) => objectAt(relation, 'target'))),
  ];
  const facts: RuleFacts = {
    id: textAt(key, 'id'),
    name: textAt(key, 'name'),
    helpUri: textAt(key, 'helpUri'),
    title: textAt(key, 'shortDescription', 'text'),
    help: textAt(key, 'help', 'text'),
    level: textAt(key, 'defaultConfiguration', 'level'),
    score: numberAt(key, 'properties', 'security-severity'),
    rated: textAt(key, 'properties', 'security-severity'),
    tags,
    taxa,
    cwes: parseCwes(...tags, ...taxa),
  };
  described.set(key, facts);
  return facts;
}

const noRule = {};

function readCwes(result: unknown, rule: RuleFacts): readonly number[] {
  const tags = textsAt(result, 'properties', 'tags');
  const taxa = readTaxa(listAt(result, 'taxa'));
  // Told by the rule alone, as it mostly is.
  return tags.length === 0 && taxa.length === 0 ? rule.cwes : parseCwes(...rule.tags, ...tags, ...taxa, ...rule.taxa);
}

/** §3.11: text, or a message of the rule whose places are filled in. */
function readMessage(message: unknown, rule: unknown): string | undefined {
  const own = textAt(message, 'text') ?? textAt(message, 'markdown');
  const id = textAt(message, 'id');
  const text = own ?? (id === undefined ? undefined : textAt(rule, 'messageStrings', id, 'text'));
  return fillIn(text, textsAt(message, 'arguments'));
}

/** Of a message whose places are filled in; nobody is shown more. */
const longestFilled = 1 << 16;

function fillIn(text: string | undefined, values: readonly string[]): string | undefined {
  if (!text?.includes('{')) return text;
  let [filled, end] = ['', 0];
  for (const { 0: place, 1: number, index } of text.matchAll(/\{(\d+)\}/g)) {
    filled += text.slice(end, index) + (values[Number(number)] ?? place);
    end = index + place.length;
    if (filled.length > longestFilled) return filled;
  }
  return filled + text.slice(end);
}

function readPath(place: unknown, run: unknown): string | undefined {
  const artifact = objectAt(place, 'artifactLocation') ?? objectAt(place, 'fileLocation');
  const index = numberAt(artifact, 'index');
  const uri = textAt(artifact, 'uri') ?? (index === undefined ? undefined : textAt(run, 'artifacts', index, 'location', 'uri'));
  return decodePath(uri);
}

function decodePath(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : (decodeUriPath(uri.replace(/^file:\/\/(?=\/)/, '')) ?? uri);
}

/** §3.33: said in full, or by its place in a list of the run. */
function readLogicalLocation(result: unknown, run: unknown): string | undefined {
  const place = objectAt(result, 'locations', 0, 'logicalLocations', 0);
  const index = numberAt(place, 'index');
  const name = textAt(place, 'fullyQualifiedName');
  return name ?? (index === undefined ? textAt(place, 'name') : textAt(run, 'logicalLocations', index, 'fullyQualifiedName'));
}

/** A result that has to be repaired in several places is one (§3.27.12); the others stand in its description. */
function describe(message: string | undefined, result: unknown, run: unknown): string | undefined {
  const locations = listAt(result, 'locations');
  if (locations.length < 2) return message;
  const others = locations.slice(1).flatMap((location) => {
    const place = objectAt(location, 'physicalLocation');
    const line = lineAt(place, 'region', 'startLine');
    const path = readPath(place, run);
    return path === undefined ? [] : [line === undefined ? path : `${path}:${line}`];
  });
  return others.length === 0 ? message : [message, `Also at:\n${others.join('\n')}`].filter((text) => text !== undefined).join('\n\n');
}

/** §3.20.5: who ran the tool may have set another level. */
function findOverride(run: unknown, id: string | undefined): string | undefined {
  const overrides = listAt(run, 'invocations', 0, 'ruleConfigurationOverrides');
  const override = overrides.find((item) => id !== undefined && textAt(item, 'descriptor', 'id') === id);
  return textAt(override, 'configuration', 'level');
}

/** §3.27.8 and §3.49.15: weaknesses as items of a taxonomy. */
function readTaxa(taxa: readonly unknown[]): string[] {
  return taxa.flatMap((item) => {
    const isCwe = /^cwe$/i.test(textAt(item, 'toolComponent', 'name') ?? '');
    const id = textAt(item, 'id');
    return isCwe && id !== undefined ? [`CWE-${id.replace(/^CWE-/i, '')}`] : [];
  });
}

/** §3.27.23: a result is suppressed unless one of its suppressions is under review or rejected. */
function readSuppression(result: unknown): Draft['suppression'] {
  // It was there in an earlier run, and is no more (§3.27.24).
  if (textAt(result, 'baselineState') === 'absent') return { kind: 'fixed' };
  const suppressions = listAt(result, 'suppressions');
  const counts = suppressions.every((item) => ['accepted', undefined].includes(textAt(item, 'status') ?? textAt(item, 'state')));
  if (suppressions.length === 0 || !counts) return undefined;
  return { kind: 'suppressed', reason: textAt(suppressions[0], 'justification') };
}

function readFingerprint(result: unknown, driver: unknown): string | undefined {
  const given = objectAt(result, 'fingerprints') ?? objectAt(result, 'partialFingerprints');
  if (given === undefined) return undefined;
  const entries = Object.entries(given).filter(([, value]) => textAt(value) !== undefined);
  return entries.length === 0 ? undefined : JSON.stringify([textAt(driver, 'name'), textAt(result, 'ruleId'), entries.sort(byName)]);
}

/** As texts of both are sorted, which would have to be made for each comparison. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return `${a},` < `${b},` ? -1 : 1;
}

/** Ours is the finding's fingerprint itself. */
function listFingerprints(result: unknown): ToolFingerprint[] {
  const listed: ToolFingerprint[] = [];
  for (const member of ['fingerprints', 'partialFingerprints'] as const) {
    const given = objectAt(result, member);
    if (given === undefined) continue;
    for (const name of Object.keys(given)) {
      const value = textAt(given[name]);
      if (value !== undefined && name !== fingerprintName) listed.push({ name, value, isPartial: member === 'partialFingerprints' });
    }
  }
  return listed;
}

/** Of version 1.0.0: messages are texts, rules have names of their own in a run, and a place tells its file itself. */
function readOldResult({ value, parents }: JsonEntry): Reading {
  const run = parents.at(-1);
  const key = textAt(value, 'ruleKey') ?? textAt(value, 'ruleId');
  const rule = key === undefined ? undefined : objectAt(run, 'rules', key);
  const id = textAt(value, 'ruleId') ?? textAt(rule, 'id') ?? key;
  const level = textAt(value, 'level') ?? textAt(rule, 'defaultLevel') ?? 'warning';
  if (level === 'pass' || level === 'notApplicable') return { skipped: 'passed check' };
  const format = textAt(value, 'formattedRuleMessage', 'formatId');
  const formatted = format === undefined ? undefined : textAt(rule, 'messageFormats', format);
  const message = textAt(value, 'message') ?? fillIn(formatted, textsAt(value, 'formattedRuleMessage', 'arguments'));
  const location = objectAt(value, 'locations', 0);
  const place = objectAt(location, 'resultFile') ?? objectAt(location, 'analysisTarget');
  const aliases = parseVulnerabilityIds(id);
  return {
    kind: aliases.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id, name: textAt(rule, 'name'), helpUri: textAt(rule, 'helpUri') },
    title: textAt(rule, 'shortDescription') ?? message ?? textAt(rule, 'fullDescription') ?? id,
    description: message ?? textAt(rule, 'fullDescription'),
    remedy: textAt(value, 'fixes', 0, 'description'),
    severity: level,
    severityLabel: levels.get(level),
    cwes: parseCwes(...textsAt(rule, 'properties', 'tags')),
    aliases,
    location: {
      path: decodePath(textAt(place, 'uri')),
      line: lineAt(place, 'region', 'startLine'),
      column: lineAt(place, 'region', 'startColumn'),
      endLine: lineAt(place, 'region', 'endLine'),
      endColumn: lineAt(place, 'region', 'endColumn'),
      resource: textAt(location, 'fullyQualifiedLogicalName'),
    },
    suppression:
      textAt(value, 'baselineState') === 'absent'
        ? { kind: 'fixed' }
        : listAt(value, 'suppressionStates').length > 0
          ? { kind: 'suppressed', reason: textsAt(value, 'suppressionStates').join(', ') }
          : undefined,
    identity: message,
    tool: { name: textAt(run, 'tool', 'name'), version: textAt(run, 'tool', 'semanticVersion') ?? textAt(run, 'tool', 'version') },
  };
}
