import { CliError } from '../cli-error.ts';

/**
 * The values in a report of another scanner, each once, as UTF-8 in Latin-1; `undefined` when it is none that is known here:
 *
 * - gitleaks, `--report-format json`: a list of findings with `RuleID` and `Secret`
 * - gitleaks, `--report-format sarif`: the snippet of a result is the secret
 * - trufflehog, `--json`: an object a line with `DetectorName` and `Raw`, among lines of its log
 *
 * @throws {CliError} `REPORT_UNREADABLE` where values are left out or cut: what would be removed then is something else. SARIF of other
 *   tools is refused too: it has places and whole lines, and no values. Messages quote nothing of the file.
 */
export function findForeignValues(text: string, file: string): string[] | undefined {
  const found = findInDocument(parseJson(text), file) ?? findInLines(text);
  if (found === undefined) return undefined;
  const unusable = found.filter((value) => isLeftOut(value)).length;
  if (unusable > 0)
    throw unreadable(file, `${unusable} of its ${found.length} values are left out or cut. Write it again without redaction`);
  return [...new Set(found as readonly string[])].map((value) => Buffer.from(value, 'utf8').toString('latin1'));
}

type Value = string | undefined;

function findInDocument(document: unknown, file: string): Value[] | undefined {
  if (Array.isArray(document)) return document.every(isGitleaksFinding) ? document.map((finding) => toText(finding['Secret'])) : undefined;
  if (!isRecord(document) || !Array.isArray(document['runs'])) return undefined;
  return document['runs'].flatMap((run: unknown) => listSnippets(run, file));
}

function isGitleaksFinding(item: unknown): item is Record<string, unknown> {
  return isRecord(item) && 'RuleID' in item && 'Secret' in item;
}

function listSnippets(run: unknown, file: string): Value[] {
  const tool = toText(at(run, 'tool', 'driver', 'name'));
  if (tool?.toLowerCase() !== 'gitleaks')
    throw unreadable(
      file,
      'SARIF tells places and not values. Take the JSON report of the scanner, or put the values into a file for --replace-text',
    );
  return toList(at(run, 'results')).flatMap((result) =>
    toList(at(result, 'locations')).map((location) => toText(at(location, 'physicalLocation', 'region', 'snippet', 'text'))),
  );
}

/** Lines without a detector are of the scanner's log. */
function findInLines(text: string): Value[] | undefined {
  const items = text.split('\n').flatMap((line) => parseJson(line) ?? []);
  const findings = items.filter((item) => isRecord(item) && 'DetectorName' in item && 'SourceMetadata' in item);
  return findings.length === 0 ? undefined : findings.map((finding) => toText(at(finding, 'Raw')));
}

/** gitleaks writes `REDACTED`, or a beginning and three dots; what was no UTF-8 came out as replacement characters. */
function isLeftOut(value: Value): boolean {
  return value === undefined || value === '' || value === 'REDACTED' || value.endsWith('...') || value.includes('\ufffd');
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function toText(value: unknown): Value {
  return typeof value === 'string' ? value : undefined;
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(file: string, why: string): CliError {
  return new CliError('REPORT_UNREADABLE', `${file} cannot be cleaned by: ${why}.`);
}
