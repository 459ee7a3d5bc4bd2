import type { CvssScore, ReportedFinding, ReportedTool, Rereadable, ToolFingerprint } from '@deployguard/findings';
import { encodeUriPath } from '../encode-uri-path.ts';
import { printJson } from '../print-json.ts';
import { emitItems } from './emit-items.ts';
import { fingerprintName } from './fingerprint-name.ts';
import type { EmitterContext, FindingEmitter } from './finding-emitter.ts';

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) with a run for each tool. Read back, it gives the same rules,
 * locations, severities and fingerprints.
 */
export const sarif: FindingEmitter = {
  format: 'sarif',
  extension: 'sarif',
  mediaType: 'application/sarif+json',
  async *emit(findings, about) {
    yield `{\n  "$schema": ${printJson(schemaUri)},\n  "version": "2.1.0",\n  "runs": [`;
    let isFirst = true;
    for (const run of await surveyRuns(findings, about)) {
      yield `${isFirst ? '' : ','}\n   {\n    "tool": ${printJson(describeTool(run))},\n    "columnKind": "utf16CodeUnits",\n    "results": [`;
      yield* emitItems(findings, (finding) => (nameRun(finding.tool) === run.key ? toResult(finding, run) : undefined));
      yield ']\n   }';
      isFirst = false;
    }
    yield '\n  ]\n}\n';
  },
};

const schemaUri = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

interface Run {
  readonly key: string;
  readonly tool: Pick<ReportedTool, 'name' | 'version'>;
  readonly rules: Map<string, Rule>;
}

/** What all findings of a rule share; where they differ each says it itself. */
interface Rule {
  readonly index: number;
  readonly first: ReportedFinding;
  hasOneTitle: boolean;
  hasOneRemedy: boolean;
  worst: number | undefined;
}

function nameRun({ name, version }: ReportedTool): string {
  return JSON.stringify([name, version]);
}

/** One run without results when there is nothing: that is not the same as no run. */
async function surveyRuns(findings: Rereadable<ReportedFinding>, { producer }: EmitterContext): Promise<Run[]> {
  const runs = new Map<string, Run>();
  for await (const finding of findings) {
    const key = nameRun(finding.tool);
    const run = runs.get(key) ?? { key, tool: finding.tool, rules: new Map<string, Rule>() };
    runs.set(key, run);
    const score = rateForScanning(finding);
    const rule = run.rules.get(finding.rule.id);
    if (!rule) {
      run.rules.set(finding.rule.id, { index: run.rules.size, first: finding, hasOneTitle: true, hasOneRemedy: true, worst: score });
      continue;
    }
    rule.hasOneTitle &&= rule.first.title === finding.title;
    rule.hasOneRemedy &&= rule.first.remedy === finding.remedy;
    if (score !== undefined) rule.worst = Math.max(rule.worst ?? 0, score);
  }
  return runs.size > 0 ? [...runs.values()] : [{ key: '', tool: producer, rules: new Map() }];
}

function describeTool({ tool, rules }: Run): object {
  return {
    driver: {
      name: tool.name,
      ...(tool.version !== undefined && { version: tool.version }),
      rules: [...rules.values()].map(({ first, hasOneTitle, hasOneRemedy, worst }) => ({
        id: first.rule.id,
        ...(first.rule.name !== undefined && { name: first.rule.name }),
        ...(hasOneTitle && { shortDescription: { text: first.title } }),
        ...(hasOneRemedy && first.remedy !== undefined && { help: { text: first.remedy } }),
        ...(first.rule.helpUri !== undefined && URL.canParse(first.rule.helpUri) && { helpUri: new URL(first.rule.helpUri).href }),
        properties: { tags: ['security'], ...(worst !== undefined && { 'security-severity': worst.toFixed(1) }) },
      })),
    },
  };
}

function toResult(finding: ReportedFinding, { rules }: Run): object {
  const { title, description, severity, fingerprint, cwes = [], aliases = [], suppression } = finding;
  const rule = rules.get(finding.rule.id)!;
  // Without a score of its own a result has that of its rule.
  const score = rateForScanning(finding) ?? (rule.worst === undefined ? undefined : bands[severity.label]?.[2]);
  const { package: pkg, asset, epss, isKnownExploited, sources, toolFingerprints = [] } = finding;
  const whole = toolFingerprints.filter(({ isPartial }) => !isPartial);
  const partial = toolFingerprints.filter(({ isPartial }) => isPartial);
  const tags = [...cwes.map((cwe) => `external/cwe/cwe-${cwe}`), ...aliases];
  return {
    ruleId: finding.rule.id,
    ruleIndex: rule.index,
    level: levels[severity.label],
    message: { text: description ?? title },
    locations: [locate(finding)],
    ...(whole.length > 0 && { fingerprints: toMembers(whole) }),
    partialFingerprints: { ...toMembers(partial), [fingerprintName]: fingerprint },
    ...(suppression && {
      suppressions: [{ kind: 'external', status: 'accepted', ...justify(suppression) }],
    }),
    properties: {
      severity: severity.label,
      kind: finding.kind,
      ...(score !== undefined && { 'security-severity': score.toFixed(1) }),
      ...(tags.length > 0 && { tags }),
      ...(pkg && { package: pkg }),
      ...(asset && { asset }),
      ...(epss && { epss }),
      ...(isKnownExploited && { isKnownExploited }),
      ...(sources && { sources }),
    },
  };
}

function toMembers(fingerprints: readonly ToolFingerprint[]): Record<string, string> {
  return Object.fromEntries(fingerprints.map(({ name, value }) => [name, value]));
}

/** SARIF knows only that it does not count. */
function justify({ kind, reason }: NonNullable<ReportedFinding['suppression']>): { readonly justification?: string } {
  const justification = [kind === 'suppressed' ? undefined : kind, reason].filter(Boolean).join(': ');
  return justification === '' ? {} : { justification };
}

/** `unknown` is no note: it must not look harmless. */
const levels: Readonly<Record<ReportedFinding['severity']['label'], 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
  unknown: 'warning',
};

/**
 * The score by which code scanning services sort: over 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low. That of CVSS when it
 * says the same as the severity; else one in the middle of the band, where the level alone would say another severity.
 */
function rateForScanning({ severity, cvss = [] }: ReportedFinding): number | undefined {
  const band = bands[severity.label];
  if (band === undefined) return undefined;
  const [from, to, middle] = band;
  const fitting = cvss.flatMap(({ score }: CvssScore) => (score !== undefined && score >= from && score < to ? score : []));
  if (fitting.length > 0) return Math.max(...fitting);
  return severity.label === 'critical' || severity.label === 'info' ? middle : undefined;
}

const bands: Readonly<Partial<Record<ReportedFinding['severity']['label'], readonly [from: number, to: number, middle: number]>>> = {
  critical: [9, 11, 9.5],
  high: [7, 9, 8],
  medium: [4, 7, 5.5],
  low: [0.1, 4, 2],
  info: [0, 0.1, 0],
};

function locate({ location = {}, asset }: ReportedFinding): object {
  const { path, url, line, column, endLine, endColumn, resource, host, port } = location;
  const uri = path === undefined ? url : undefined;
  const name = resource ?? (host === undefined ? undefined : [host, port].filter((part) => part !== undefined).join(':'));
  const region = {
    ...(line !== undefined && {
      startLine: line,
      ...(column !== undefined && { startColumn: column }),
      ...(endLine !== undefined && { endLine }),
      ...(endColumn !== undefined && { endColumn }),
    }),
  };
  const artifact = path === undefined ? (uri !== undefined && URL.canParse(uri) ? new URL(uri).href : undefined) : toUri(path);
  const logical = name ?? (artifact === undefined ? (asset?.name ?? uri) : undefined);
  return {
    ...(artifact !== undefined && { physicalLocation: { artifactLocation: { uri: artifact }, ...(line !== undefined && { region }) } }),
    ...(logical !== undefined && { logicalLocations: [{ fullyQualifiedName: logical }] }),
  };
}

/** A relative reference, each segment percent-encoded; absolute paths are files, and what is a URI already stays one. */
function toUri(path: string): string {
  const text = path.toWellFormed();
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text) && URL.canParse(text)) return encodeURI(text);
  const encoded = encodeUriPath(text);
  return encoded.startsWith('/') ? `file://${encoded.replace(/^\/+/, '/')}` : encoded;
}
