import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sarif } from './formats/sarif.ts';
import { trivy } from './formats/trivy.ts';
import { holdReport } from './reading/report-bytes.ts';
import { recognizeReport } from './recognize.ts';

test('what says nothing cannot be told, since many scanners write it', async () => {
  for (const text of ['', ' \n', '[]', '{}', 'null', '{"results": []}', '{"results": [], "errors": {}}']) {
    assert.deepEqual(await recognizeReport(holdReport(Buffer.from(text))), { outcome: 'empty' }, text);
  }
});

test('what is no report of a known scanner is not taken for one', async () => {
  for (const text of [
    'Hello',
    '<html></html>',
    '<get_results_response status="404" status_text="Failed to find report"/>',
    '<get_reports_response status="200"><report id="1"><report id="1"><result_count>7</result_count></report></report></get_reports_response>',
    '<?xml version="1.0"?><NessusClientData_v2><Policy><policyName>Weekly</policyName></Policy></NessusClientData_v2>',
    '{"results": [{"id": 1}]}',
    '[1, 2]',
    '{"name": "package", "version": "1.0.0"}',
    // What a program made of the findings of several scanners.
    '[{"finding_id": "checkov-1", "source": "CHECKOV", "rule_id": "CKV_1", "rule_name": "Not public", "severity": "MEDIUM"}]',
    '<testsuites name="unit"><testsuite name="[HIGH] CVE-2031-1"><testcase classname="a" name="[HIGH] it works"/></testsuite></testsuites>',
    '<testsuites><testsuite name="unit"><testcase name="[INFO][login] shows a form"><failure>No</failure></testcase></testsuite></testsuites>',
    '{"a": ',
    '\0\0\0\0',
    '# Reports\n\n```json\n{"version": "2.1.0", "runs": []}\n```\n',
  ]) {
    assert.deepEqual(await recognizeReport(holdReport(Buffer.from(text))), { outcome: 'unknown' }, text);
  }
});

test('P6 a document that is nested without end is told by its beginning, and not looked through', { timeout: 120_000 }, async () => {
  const depth = 300_000;
  const nested = `<niktoscan><scandetails/>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</niktoscan>`;
  const start = process.cpuUsage();

  const recognition = await recognizeReport(holdReport(Buffer.from(nested)));

  const { user } = process.cpuUsage(start);
  assert.ok(['recognized', 'unknown'].includes(recognition.outcome));
  assert.ok(user < 20_000_000, `${user / 1e6} s of processor time`);
});

test('what fits two scanners is said to', async () => {
  const both = { version: '2.1.0', runs: [], SchemaVersion: 2, ArtifactName: 'x', matches: [], descriptor: { name: 'grype' } };

  const recognition = await recognizeReport(holdReport(Buffer.from(JSON.stringify(both))));

  assert.deepEqual(recognition, { outcome: 'ambiguous', candidates: ['grype', 'sarif', 'trivy'] });
});

test('who names the scanner is believed where the content fits, and nowhere else', async () => {
  const report = holdReport(Buffer.from('{"version": "2.1.0", "runs": []}'));

  assert.deepEqual(await recognizeReport(report, [trivy]), { outcome: 'unknown' });
});

test('who names the scanner is believed where the list of its entries is empty, and not where it is missing', async () => {
  const [empty, refused] = ['{"comment": "nothing today", "runs": []}', '{"message": "Unauthorized", "errors": []}'];

  assert.deepEqual(await recognizeReport(holdReport(Buffer.from(empty)), [sarif]), { outcome: 'empty' });
  assert.deepEqual(await recognizeReport(holdReport(Buffer.from(empty))), { outcome: 'unknown' });
  assert.deepEqual(await recognizeReport(holdReport(Buffer.from(refused)), [sarif]), { outcome: 'unknown' });
});

test('members that tell the scanner may stand behind a very long list', async () => {
  const matches = Array.from({ length: 60_000 }, (_, index) => ({ index, text: 'x'.repeat(40) }));

  const recognition = await recognizeReport(holdReport(Buffer.from(JSON.stringify({ matches, descriptor: { name: 'grype' } }))));

  assert.equal(recognition.outcome === 'recognized' && recognition.format.id, 'grype');
});

test('elements that tell the scanner may stand behind a very long list, and a checklist without results is no report', async () => {
  const rules = `<Group>${'<Rule id="r"><title>t</title></Rule>'.repeat(40_000)}</Group>`;
  const wrap = (rest: string): Buffer => Buffer.from(`<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2">${rules}${rest}</Benchmark>`);

  const recognition = await recognizeReport(holdReport(wrap('<TestResult><rule-result/></TestResult>')));
  const without = await recognizeReport(holdReport(wrap('')));

  assert.equal(recognition.outcome === 'recognized' && recognition.format.id, 'xccdf');
  assert.equal(without.outcome, 'unknown');
});

test('a report is told behind what its scanner said before, and behind a comment before its XML declaration', async () => {
  const log = '[INFO] 3 files\n{not yet\nWarning: "x" is old\n';
  const [listed, nmap] = ['[\n {"version": "2.1.0", "runs": []}\n]', '<?xml version="1.0"?>\n<nmaprun scanner="nmap"></nmaprun>'];

  const [behindLog, behindComment] = [await recognize(log + listed), await recognize(`<!-- ours -->\n\n${nmap}`)];

  assert.deepEqual([behindLog.format.id, behindLog.start, behindLog.nesting], ['sarif', log.length, 'listed']);
  assert.deepEqual([behindComment.format.id, behindComment.start], ['nmap', 15]);
  assert.equal((await recognize(`  \n ${listed}`)).start, undefined);
});

test('what is JSON or XML from its beginning on is judged by all of it', async () => {
  for (const text of ['{"name": "x", "report":\n{"version": "2.1.0", "runs": []}}', '<page>\n{"version": "2.1.0", "runs": []}\n</page>']) {
    assert.deepEqual(await recognizeReport(holdReport(Buffer.from(text))), { outcome: 'unknown' }, text);
  }
});

async function recognize(text: string) {
  const recognition = await recognizeReport(holdReport(Buffer.from(text)));
  assert.ok(recognition.outcome === 'recognized', text);
  return recognition;
}
