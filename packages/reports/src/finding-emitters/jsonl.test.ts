import assert from 'node:assert/strict';
import test from 'node:test';
import { listVariedFindings, emitFindings } from '../../test/a-reported-finding.ts';
import { readBack } from '../../test/read-back.ts';
import { jsonl } from './jsonl.ts';

test('there is one finding a line, and they are read back as they were', async () => {
  const findings = listVariedFindings();

  const text = await emitFindings(jsonl, findings);

  assert.equal(text.trimEnd().split('\n').length, findings.length);
  assert.deepEqual(await readBack(text), findings);
});
