import type { Counting } from './count-entries.ts';

/** What testssl says to be neither right nor a mark. */
const testsslCounts = 'row["severity"] != "OK" and not re.match("rating_|final_score|overall_grade|grade_cap|.*_score", row["id"])';

/** Why our findings of a report are not as many as the reference's. */
export interface Explanation {
  readonly reason: string;
  /** Counts what we say to be findings, by other means than ours. */
  readonly ours: Counting;
  /** Counts what the reference takes for findings, as its source says. */
  readonly reference: Counting;
}

/**
 * By the id of the format. Our side of it: each entry that the scanner reports as a problem is a finding; what means the same is marked later and
 * not left out. The reference is the test-suite of DefectDojo (https://github.com/DefectDojo/django-DefectDojo, dojo/tools).
 */
export const explanations: Readonly<Record<string, readonly Explanation[]>> = {
  acunetix: [
    {
      reason: 'the reference makes one of all items of a name',
      ours: { xpath: 'count(//ReportItem)' },
      reference: { xpath: 'count(//ReportItem[not(Name = preceding::ReportItem/Name)])' },
    },
  ],
  arachni: [
    {
      reason: 'the reference makes one of all issues of a name and severity',
      ours: { jq: '.issues | length' },
      reference: { jq: '[.issues[] | [.severity, .name]] | unique | length' },
    },
  ],
  auditjs: [
    {
      reason: 'the reference makes one of an id in several packages',
      ours: { jq: '[.[].vulnerabilities[]?] | length' },
      reference: { jq: '[.[].vulnerabilities[]?.id] | unique | length' },
    },
  ],
  burp: [
    {
      reason: 'the reference makes one of all issues of a type',
      ours: { xpath: 'count(/issues/issue)' },
      reference: { xpath: 'count(/issues/issue[not(type = preceding-sibling::issue/type)])' },
    },
  ],
  checkmarx: [
    {
      reason: 'the reference makes one of all results of a query',
      ours: { xpath: 'count(//Result)' },
      reference: { xpath: 'count(//Query[Result])' },
    },
  ],
  coverity: [
    {
      reason: 'the reference leaves out what concerns quality, but for leaks of resources',
      ours: { jq: '.viewContentsV1.rows | length' },
      reference: { jq: '[.viewContentsV1.rows[] | select(.displayIssueKind == "Security" or .checker == "RESOURCE_LEAK")] | length' },
    },
  ],
  crunch42: [
    {
      reason: 'the reference reads the section on security alone',
      ours: { jq: '[.report | .security, .data, .warnings | .issues[]? | .issues[]] | length' },
      reference: { jq: '[.report.security.issues[].issues[]] | length' },
    },
  ],
  gitleaks: [
    {
      reason: 'the reference makes one of a value in several places of a line, or commits',
      ours: { jq: 'length' },
      reference: {
        jq: '[.[] | if has("offender") then [.offender, .file, .lineNumber] else [.Secret, .File, .StartLine] end] | unique | length',
      },
    },
  ],
  govulncheck: [
    {
      reason: 'the reference makes one of all functions that reach a vulnerability',
      ours: { jq: '.Vulns | length' },
      reference: { jq: '[.Vulns[].OSV.id] | unique | length' },
    },
  ],
  mobsf: [
    {
      reason: 'the reference leaves out warnings about the protection of the binary',
      ours: { jq: '(.binary_analysis.findings | length) + ([.macho_analysis[]? | objects | select(.severity != "info")] | length)' },
      reference: { jq: '.binary_analysis.findings | length' },
    },
  ],
  nessus: [
    {
      reason: 'the reference makes one of several ids of a plugin in one place',
      ours: { rows: 'len(rows)' },
      reference: { rows: 'len({tuple(row.get(name) for name in ("Risk", "Name", "Host", "Port", "Synopsis")) for row in rows})' },
    },
  ],
  nexpose: [
    {
      reason: 'the reference makes one of a vulnerability at several ports, and one more of each host and of each open port',
      ours: { xpath: 'count(//test[starts-with(@status, "vulnerable")])' },
      reference: {
        xpath:
          'count(//test[starts-with(@status, "vulnerable")][not(@id = preceding::test/@id)]) + count(//node[@status = "alive"]) + count(//endpoint[@status = "open"])',
      },
    },
  ],
  noseyparker: [
    {
      reason: 'the reference makes one of a value in several places of a line',
      ours: { jq: '[.[].matches[]] | length' },
      reference: {
        jq: '[.[] | .match_content as $value | .matches[] | [(.provenance[-1] | .commit_provenance.blob_path // .path), $value, .location.source_span.start.line]] | unique | length',
      },
    },
  ],
  'npm-audit': [
    {
      reason: 'the reference counts packages; we count advisories, and packages that only depend on one that has some are skipped',
      ours: { jq: '[.vulnerabilities[].via[] | objects] | length' },
      reference: { jq: '.vulnerabilities | length' },
    },
  ],
  nuclei: [
    {
      reason: 'the reference makes one of all matches of a template at a host',
      ours: { jq: 'flatten | length' },
      reference: { jq: '[flatten[] | [."template-id", .type, ."matcher-name", .host]] | unique | length' },
    },
  ],
  ort: [
    {
      reason: 'the reference leaves out what was resolved; here it is suppressed',
      ours: { jq: '.rule_violations | length' },
      reference: { jq: '[.rule_violations[] | select(has("resolutions") | not)] | length' },
    },
  ],
  prowler: [
    {
      reason: 'the reference takes checks that are to be made by hand for findings',
      ours: { jq: '[.[] | select(.status_code == "FAIL")] | length' },
      reference: { jq: '[.[] | select(.status_code != "PASS")] | length' },
    },
    {
      reason: 'the reference makes one of a check of several resources',
      ours: { jq: '[.[] | select(.status_code == "FAIL")] | length' },
      reference: { jq: '[.[] | select(.status_code == "FAIL") | .metadata.event_code] | unique | length' },
    },
    {
      reason: 'the reference makes one of a check of several resources',
      ours: { rows: 'sum(row["STATUS"] == "FAIL" for row in rows)' },
      reference: { rows: 'len({row["CHECK_ID"] for row in rows if row["STATUS"] == "FAIL"})' },
    },
  ],
  'qualys-webapp': [
    {
      reason: 'the reference makes one of all places of an id',
      ours: { xpath: 'count(//RESULTS//*[QID])' },
      reference: { xpath: 'count(//RESULTS//*[QID][not(QID = preceding::*[ancestor::RESULTS]/QID)])' },
    },
  ],
  rubocop: [
    {
      reason: 'the reference takes cops of the department Security alone',
      ours: { jq: '[.files[].offenses[]] | length' },
      reference: { jq: '[.files[].offenses[] | select(.cop_name | startswith("Security"))] | length' },
    },
  ],
  sarif: [
    {
      reason: 'the reference counts the locations of results',
      ours: { jq: '[.runs[].results[]] | length' },
      reference: { jq: '[.runs[].results[].locations[]] | length' },
    },
  ],
  semgrep: [
    {
      reason: 'the reference makes one of what is reported twice',
      ours: { jq: '.results | length' },
      reference: { jq: '[.results[] | [.check_id, .path, .start.line]] | unique | length' },
    },
  ],
  snyk: [
    {
      reason: 'the reference leaves out the applications of an image',
      ours: { jq: '[.vulnerabilities[], .applications[]?.vulnerabilities[]] | length' },
      reference: { jq: '.vulnerabilities | length' },
    },
  ],
  sslyze: [
    {
      reason: 'the reference leaves out protocols that are deprecated and renegotiation by clients, and takes other cipher suites for weak',
      ours: {
        xpath:
          'count(//@isVulnerable[. = "True"]) + count(//@isSecure[. = "False"]) + count(//@canBeClientInitiated[. = "True"]) + count(//*[self::sslv2 or self::sslv3 or self::tlsv1 or self::tlsv1_1][acceptedCipherSuites/*]) + count(//*[acceptedCipherSuites/*[contains(@name, "3DES") or contains(@name, "RC4") or contains(@name, "NULL") or contains(@name, "EXPORT")]])',
      },
      reference: { xpath: 'count(//@isVulnerable[. = "True"]) + count(//@isSecure[. = "False"]) + count(//*[acceptedCipherSuites/*])' },
    },
  ],
  testssl: [
    {
      reason: 'the reference takes the message that there was no scan for a finding; here it fails the report',
      ours: { rows: 'sum(row["severity"] not in ("OK", "FATAL") for row in rows)' },
      reference: { rows: 'sum(row["severity"] != "OK" for row in rows)' },
    },
    {
      reason: 'the reference counts each CVE of a row',
      ours: { rows: `sum(${testsslCounts} for row in rows)` },
      reference: {
        rows: `len({(row["id"], row["finding"], cve) for row in rows if ${testsslCounts} for cve in row["cve"].split(" ")})`,
      },
    },
  ],
  tfsec: [
    {
      reason: 'the reference makes one of a rule that is broken several times in the same lines',
      ours: { jq: '.results | length' },
      reference: {
        jq: '[.results[] | [.rule_provider, .rule_id, .location.filename, .location.start_line, .location.end_line]] | unique | length',
      },
    },
  ],
  trufflehog: [
    {
      reason: 'the reference makes one of what is reported twice',
      ours: { jq: 'length' },
      reference: { jq: '[.[] | [.SourceMetadata.Data, .DetectorName, .Raw, .RawV2]] | unique | length' },
    },
  ],
  trufflehog3: [
    {
      reason: 'the reference makes one of all values of a kind in a file',
      ours: { jq: 'length' },
      reference: { jq: '[.[] | [.path, .reason]] | unique | length' },
    },
  ],
  wapiti: [
    {
      reason: 'the reference makes one of all places of a problem',
      ours: { xpath: 'count(//vulnerability/entries/entry)' },
      reference: { xpath: 'count(//entry[not(info = preceding::entry/info)])' },
    },
  ],
  'yarn-audit': [
    {
      reason: 'the reference makes one of an advisory on all ways to a package',
      ours: { jq: '[.[] | select(.type == "auditAdvisory")] | length' },
      reference: { jq: '[.[] | select(.type == "auditAdvisory") | .data.advisory | [.id, .module_name]] | unique | length' },
    },
  ],
};
