import assert from 'node:assert/strict';
import test from 'node:test';
import { emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { ocsf } from './ocsf.ts';

type Event = Record<string, unknown> & { class_uid: number; type_uid: number };

async function emitEvents(): Promise<Event[]> {
  return JSON.parse(await emitFindings(ocsf, listVariedFindings())) as Event[];
}

// Written from the schema of OCSF 1.5: base event, finding, and the classes of the category findings.
test('each event is of the class that fits it, and has what its class requires', async () => {
  const events = await emitEvents();

  assert.deepEqual(
    events.map(({ class_uid }) => class_uid),
    [2002, 2007, 2004, 2003, 2004, 2004, 2004, 2004],
  );
  for (const event of events) {
    for (const name of ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid', 'finding_info'])
      assert.ok(name in event, name);
    assert.equal(event.type_uid, event.class_uid * 100 + 1);
    assert.ok(Number.isInteger(event['time']));
    assert.ok('version' in (event['metadata'] as object) && 'product' in (event['metadata'] as object));
    assert.ok('uid' in (event['finding_info'] as object));
    if (event.class_uid === 2003) assert.ok('compliance' in event);
    if (event.class_uid === 2002 || event.class_uid === 2007) assert.ok('vulnerabilities' in event);
  }
});

test('a vulnerability names exactly one of CVE, CWE and advisory', async () => {
  const vulnerabilities = (await emitEvents()).flatMap((event) => (event['vulnerabilities'] ?? []) as Record<string, unknown>[]);

  assert.equal(vulnerabilities.length, 2);
  for (const vulnerability of vulnerabilities) assert.equal(['cve', 'cwe', 'advisory'].filter((name) => name in vulnerability).length, 1);
  const { uid, cvss } = vulnerabilities[0]!['cve'] as { uid: string; cvss: object[] };
  assert.equal(uid, 'CVE-2019-10744');
  assert.deepEqual(cvss, [
    { version: '3.1', base_score: 9.1, vector_string: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H', vendor_name: 'nvd' },
  ]);
});

test('severities and what does not count have its numbers', async () => {
  const events = await emitEvents();

  assert.deepEqual(
    events.map(({ severity_id }) => severity_id),
    [5, 0, 4, 2, 4, 1, 4, 4],
  );
  assert.deepEqual(
    events.map(({ status_id }) => status_id),
    [1, 1, 3, 1, 1, 1, 1, 1],
  );
});
