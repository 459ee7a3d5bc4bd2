import { hash } from 'node:crypto';
import type { CvssScore, ReportedFinding, ToolFingerprint } from '@deployguard/findings';
import type { Draft, Format, Loose } from './formats/format.ts';
import { normalizeSeverity } from './normalize-severity.ts';

const longestTitle = 300;
const longestText = 32_768;
const longestField = 2048;
const mostReferences = 100;

/** Tells findings apart that look alike, by the order in which they come: no line number is needed for it. */
export class FingerprintCounter {
  /** By the first fingerprint of those that look alike. */
  readonly #counts = new Map<string, number>();

  next(base: string): string {
    const first = digest(base, 0);
    const count = this.#counts.get(first) ?? 0;
    this.#counts.set(first, count + 1);
    return count === 0 ? first : digest(base, count);
  }
}

function digest(base: string, count: number): string {
  return hash('sha256', `${base}\0${count}`, 'hex').slice(0, 32);
}

/**
 * Puts a draft into our own words: severity rated, texts bounded and free of what no database takes, fingerprint made. Who
 * shows it makes it safe to show.
 *
 * The draft names its rule or has a title.
 */
export function completeFinding(draft: Draft, format: Format, fingerprints: FingerprintCounter): ReportedFinding {
  const cvss = (draft.cvss ?? []).map(completeScore).filter(({ score, vector }) => score !== undefined || vector !== undefined);
  const ruleId = bound((draft.rule.id || draft.title)!, longestTitle);
  const title = bound((draft.title || draft.rule.name || draft.rule.id)!, longestTitle).replaceAll(/\s+/g, ' ');
  const { rule, aliases, cwes, references = [], package: pkg } = draft;
  return {
    fingerprint: draft.keptFingerprint ?? fingerprints.next(describeIdentity(draft, format, ruleId, title)),
    kind: draft.kind,
    tool: {
      name: bound(draft.tool?.name ?? format.name, longestTitle),
      ...boundAll({ version: draft.tool?.version }),
      format: bound(draft.tool?.format ?? format.id, longestTitle),
    },
    rule: { id: ruleId, ...boundAll({ name: rule.name, helpUri: rule.helpUri }) },
    title,
    ...boundTexts({ description: draft.description, remedy: draft.remedy }),
    severity: normalizeSeverity(draft.severity, draft.severityLabel, cvss),
    ...(cvss.length > 0 && { cvss }),
    ...(cwes?.length && { cwes }),
    ...(aliases?.length && { aliases }),
    ...(pkg?.name !== undefined && { package: { ...boundAll(pkg), name: bound(pkg.name, longestField) } }),
    ...(draft.location && hasValue(draft.location) && { location: boundAll(draft.location) }),
    ...(draft.asset && { asset: { type: draft.asset.type, name: bound(draft.asset.name, longestField) } }),
    ...(references.length > 0 && {
      references: [...new Set(references)].slice(0, mostReferences).map((text) => bound(text, longestField)),
    }),
    ...(draft.epss && { epss: draft.epss }),
    ...(draft.isKnownExploited && { isKnownExploited: true }),
    ...(draft.suppression && { suppression: { kind: draft.suppression.kind, ...boundAll({ reason: draft.suppression.reason }) } }),
    ...boundAll({ foundAt: toTime(draft.foundAt), publishedAt: toTime(draft.publishedAt) }),
    ...(draft.toolFingerprints?.length && { toolFingerprints: draft.toolFingerprints.map(boundFingerprint) }),
    ...(draft.sources && { sources: draft.sources }),
  };
}

/** Never the line, the severity or the description: they change while the problem stays. */
function describeIdentity(draft: Draft, format: Format, ruleId: string, title: string): string {
  if (draft.ownFingerprint !== undefined) return JSON.stringify([format.id, draft.ownFingerprint]);
  const { location = {}, package: pkg } = draft;
  const problem = draft.aliases?.[0] ?? ruleId;
  const place = [location.path, location.method, location.url, location.host, location.port, location.parameter, location.resource];
  return JSON.stringify([format.id, draft.kind, problem, pkg?.purl ?? pkg?.name, pkg?.version, ...place, draft.identity ?? title]);
}

/** What is no score from 0 to 10 is left out: scanners write -1 and NaN for "none". */
function completeScore({ score, ...rest }: Loose<CvssScore>): CvssScore {
  const version = rest.version ?? /^CVSS:(3\.0|3\.1|4\.0)\//.exec(rest.vector ?? '')?.[1];
  const known = version as CvssScore['version'];
  return { ...boundAll(rest), ...(score !== undefined && score >= 0 && score <= 10 && { score }), ...(known && { version: known }) };
}

function boundTexts<Texts extends Record<string, string | undefined>>(texts: Texts): { [Key in keyof Texts]?: string } {
  const bounded: { [Key in keyof Texts]?: string } = {};
  for (const name in texts) {
    const text = texts[name];
    if (text !== undefined && text !== '') bounded[name] = bound(text, longestText);
  }
  return bounded;
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
  return whole.length > length ? `${whole.slice(0, length - 1).toWellFormed()}…` : whole;
}

function hasValue(fields: object): boolean {
  return Object.values(fields).some((value) => value !== undefined);
}

const hasZone = /:\d\d(?:\.\d+)?\s*(?:z|[+-]\d\d(?::?\d\d)?)$|\b[a-z]{3,4}$/i;

/** RFC 3339, when it is a time; one without a zone is taken for UTC, wherever it is read. */
function toTime(text: string | undefined): string | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(hasZone.test(text) ? text : `${text.replace(/(?<=\d)T(?=\d)/, ' ')} UTC`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
