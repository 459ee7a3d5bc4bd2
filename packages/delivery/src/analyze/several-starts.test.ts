import assert from 'node:assert/strict';
import test from 'node:test';
import { aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

test('several files that make an application, or programs, are a question', async () => {
  const python = await analyzeTree(
    aTree({ 'requirements.txt': 'fastapi\nuvicorn\n', 'one.py': 'app = FastAPI()\n', 'two.py': 'app = FastAPI()\n' }),
  );
  const go = await analyzeTree(
    aTree({ 'go.mod': 'module x\n', 'cmd/a/main.go': 'package main\nfunc main() {}\n', 'cmd/b/main.go': 'package main\nfunc main() {}\n' }),
  );

  for (const { startCommand, ambiguities } of [python, go]) {
    assert.equal(startCommand, undefined);
    assert.deepEqual([ambiguities[0]?.field, ambiguities[0]?.choices.length], ['startCommand', 2]);
  }
});
