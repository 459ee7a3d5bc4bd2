import type { CvssScore, ReportedFinding, ReportedPackage, ToolFingerprint } from '@deployguard/findings';
import { cutText } from './cut-text.ts';
import type { Draft, Format, Loose } from './formats/format.ts';
import { firstFingerprint } from './fingerprint-counter.ts';
import { normalizeSeverity } from './normalize-severity.ts';

const longestTitle = 300;
const longestText = 32_768;
const longestField = 2048;
const mostReferences = 100;

/**
 * Puts a draft into our own words: severity rated, texts bounded and free of what no database takes, fingerprint made, the
 * same for all that look alike. Who shows it makes it safe to show.
 *
 * The draft names its rule or has a title.
 */
export function completeFinding(draft: Draft, format: Format): ReportedFinding {
  const cvss = completeScores(draft.cvss);
  const ruleId = bound((draft.rule.id || draft.title)!, longestTitle);
  const title = toLine(bound((draft.title || draft.rule.name || draft.rule.id)!, longestTitle));
  const { rule, tool, aliases, cwes, references, package: pkg, location, suppression } = draft;
  // Field by field: this runs for each of millions, and spreading objects into each other costs more than all else that it does.
  const finding: Growing<ReportedFinding> = {
    fingerprint: draft.keptFingerprint ?? firstFingerprint(describeIdentity(draft, format, ruleId, title)),
    kind: draft.kind,
    tool: completeTool(tool, format),
    rule: completeRule(rule, ruleId),
    title,
  };
  if (draft.description) finding.description = bound(draft.description, longestText);
  if (draft.remedy) finding.remedy = bound(draft.remedy, longestText);
  finding.severity = normalizeSeverity(draft.severity, draft.severityLabel, cvss);
  if (cvss.length > 0) finding.cvss = cvss;
  if (cwes?.length) finding.cwes = cwes;
  if (aliases?.length) finding.aliases = aliases;
  if (pkg?.name !== undefined) finding.package = completePackage(pkg, pkg.name);
  if (location && hasValue(location)) finding.location = boundAll(location);
  if (draft.asset) finding.asset = { type: draft.asset.type, name: bound(draft.asset.name, longestField) };
  if (references?.length) finding.references = boundReferences(references);
  if (draft.epss) finding.epss = draft.epss;
  if (draft.isKnownExploited) finding.isKnownExploited = true;
  if (suppression) finding.suppression = { kind: suppression.kind, ...boundAll({ reason: suppression.reason }) };
  const foundAt = toTime(draft.foundAt);
  if (foundAt !== undefined) finding.foundAt = foundAt;
  const publishedAt = toTime(draft.publishedAt);
  if (publishedAt !== undefined) finding.publishedAt = publishedAt;
  if (draft.toolFingerprints?.length) finding.toolFingerprints = draft.toolFingerprints.map(boundFingerprint);
  if (draft.sources) finding.sources = draft.sources;
  return finding as ReportedFinding;
}

type Growing<Type> = { -readonly [Key in keyof Type]?: Type[Key] };

function completeTool(tool: Draft['tool'], format: Format): ReportedFinding['tool'] {
  const name = bound(tool?.name ?? format.name, longestTitle);
  const id = bound(tool?.format ?? format.id, longestTitle);
  return tool?.version ? { name, version: bound(tool.version, longestField), format: id } : { name, format: id };
}

function completeRule({ name, helpUri }: Draft['rule'], id: string): ReportedFinding['rule'] {
  const completed: Growing<ReportedFinding['rule']> = { id };
  if (name) completed.name = bound(name, longestField);
  if (helpUri) completed.helpUri = bound(helpUri, longestField);
  return completed as ReportedFinding['rule'];
}

function completePackage(pkg: NonNullable<Draft['package']>, name: string): ReportedPackage {
  const completed: Growing<ReportedPackage> = boundAll(pkg);
  completed.name = bound(name, longestField);
  return completed as ReportedPackage;
}

/** Each white space that is not a single blank becomes one. */
function toLine(text: string): string {
  return hasOddSpace.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
}

const hasOddSpace = /[^\S ]| {2}/;

/** Each once. */
function boundReferences(references: readonly string[]): string[] {
  const first = references.length > 8 ? [...new Set(references)] : references.filter((text, at) => references.indexOf(text) === at);
  return first.slice(0, mostReferences).map((text) => bound(text, longestField));
}

/** Never the line, the severity or the description: they change while the problem stays. */
function describeIdentity(draft: Draft, format: Format, ruleId: string, title: string): string {
  if (draft.ownFingerprint !== undefined) return JSON.stringify([format.id, draft.ownFingerprint]);
  const { location = {}, package: pkg } = draft;
  const problem = draft.aliases?.[0] ?? ruleId;
  const place = [location.path, location.method, location.url, location.host, location.port, location.parameter, location.resource];
  return JSON.stringify([format.id, draft.kind, problem, pkg?.purl ?? pkg?.name, pkg?.version, ...place, draft.identity ?? title]);
}

function completeScores(scores: Draft['cvss']): CvssScore[] {
  const completed: CvssScore[] = [];
  for (const score of scores ?? []) {
    // Most formats offer all that there could be.
    if (score.vector === undefined && isNoScore(score.score)) continue;
    const one = completeScore(score);
    if (one.score !== undefined || one.vector !== undefined) completed.push(one);
  }
  return completed;
}

function completeScore({ source, version, score, vector }: Loose<CvssScore>): CvssScore {
  const completed: Growing<CvssScore> = {};
  if (source) completed.source = bound(source, longestField);
  // Scanners have one member for all of version 3.
  const told = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(vector ?? '')?.[1] ?? version;
  if (told) completed.version = told as NonNullable<CvssScore['version']>;
  if (!isNoScore(score)) completed.score = score!;
  if (vector) completed.vector = bound(vector, longestField);
  return completed;
}

/** What is no score from 0 to 10 is left out: scanners write -1 and NaN for "none". */
function isNoScore(score: number | undefined): boolean {
  return score === undefined || !(score >= 0 && score <= 10);
}

function boundFingerprint({ name, value, isPartial }: ToolFingerprint): ToolFingerprint {
  return { name: bound(name, longestTitle), value: bound(value, longestField), isPartial };
}

/** Leaves out what says nothing. */
function boundAll<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const bounded: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const name in fields) {
    const value = fields[name];
    if (!saysNothing(value)) bounded[name] = boundValue(value) as Exclude<Fields[typeof name], undefined>;
  }
  return bounded;
}

function saysNothing(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function boundValue(value: unknown): unknown {
  if (typeof value === 'string') return bound(value, longestField);
  return Array.isArray(value) ? value.slice(0, mostReferences).map(boundValue) : value;
}

function bound(text: string, length: number): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.length > length ? `${cutText(whole, length - 1)}…` : whole;
}

function hasValue(fields: object): boolean {
  for (const name in fields) if (fields[name as keyof typeof fields] !== undefined) return true;
  return false;
}

/** As nearly all scanners write it: it needs no calendar. */
const usualTime = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}Z$/;
const hasZone = /:\d\d(?:\.\d+)?\s*(?:z|[+-]\d\d(?::?\d\d)?)$|\b[a-z]{3,4}$/i;

/** RFC 3339, when it is a time; one without a zone is taken for UTC, wherever it is read. */
function toTime(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (usualTime.test(text)) return `${text.slice(0, -1)}.000Z`;
  const time = Date.parse(hasZone.test(text) ? text : `${text.replace(/(?<=\d)T(?=\d)/, ' ')} UTC`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
