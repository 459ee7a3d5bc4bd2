import assert from 'node:assert/strict';
import test from 'node:test';
import { listVariedFindings, emitFindings } from '../../test/a-reported-finding.ts';
import { readBack } from '../../test/read-back.ts';
import { json } from './json.ts';

test('findings are read back as they were, also none', async () => {
  const findings = listVariedFindings();

  assert.deepEqual(await readBack(await emitFindings(json, findings)), findings);
  assert.deepEqual(await readBack(await emitFindings(json, [])), []);
});
