import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Analysis } from '@deployguard/delivery';
import { summarizeAnalysis } from './summarize-analysis.ts';

function answer<Value>(value: Value) {
  return { value, evidence: { file: 'Procfile', line: 1 } } as unknown as { value: Value } & Analysis['root'];
}

function anAnalysis(command: string, count: number): Analysis {
  const processes = Array.from({ length: count }, (_, number) => answer({ name: `worker-${number}`, command }));
  return { root: answer(''), processes, envVars: [], services: [], ambiguities: [], notes: [] } as unknown as Analysis;
}

test('what a Procfile says is kept as far as there is room, in characters that the database takes', () => {
  const [first] = summarizeAnalysis(anAnalysis(`a\0b\ud800${'x'.repeat(100_000)}`, 1))['processes'] as { value: { command: string } }[];
  const many = summarizeAnalysis(anAnalysis('\u{4e16}'.repeat(100_000), 1000));

  assert.equal(first!.value.command, `a\u{fffd}b\u{fffd}${'x'.repeat(1996)}`);
  assert.ok(Buffer.byteLength(JSON.stringify(many)) <= 65_536);
  assert.ok((many['processes'] as unknown[]).length > 0);
});

test('an analysis of the usual size is kept whole, but for its notes', () => {
  const { notes: _notes, ...kept } = anAnalysis('node server.js', 3);

  assert.deepEqual(summarizeAnalysis({ ...kept, notes: [{ message: 'a note' }] }), kept);
});
