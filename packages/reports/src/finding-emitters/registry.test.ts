import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { hostileTexts } from '../../test/a-report.ts';
import { aReportedFinding, emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { findFindingEmitter, findingEmitters } from './registry.ts';

const notEmitters = new Set([
  'emit-items.ts',
  'finding-emitter.ts',
  'fingerprint-name.ts',
  'html-script.ts',
  'html-style.ts',
  'registry.ts',
]);

test('every emitter file of the folder is registered, sorted, under its own name, and has a test', () => {
  const files = readdirSync(import.meta.dirname);
  const expected = files.filter((file) => !file.endsWith('.test.ts') && !notEmitters.has(file)).map((file) => file.slice(0, -'.ts'.length));

  assert.deepEqual(
    findingEmitters.map(({ format }) => format),
    expected.sort(),
  );
  for (const format of expected) assert.ok(files.includes(`${format}.test.ts`), format);
  assert.equal(findFindingEmitter('doc'), undefined);
});

for (const emitter of findingEmitters) {
  test(`${emitter.format}: the same findings are written the same way twice, whatever stands in them`, async () => {
    const hostile = hostileTexts.map((text) =>
      aReportedFinding({
        title: text,
        description: text,
        remedy: text,
        rule: { id: text, name: text, helpUri: text },
        location: { path: text, line: 1 },
        references: [text],
        asset: { type: 'repository', name: text },
      }),
    );

    const [once, again] = [await emitFindings(emitter, hostile), await emitFindings(emitter, hostile)];

    assert.equal(once, again);
    assert.ok(!/[\u001B\u009B\u202E]/.test(once));
  });

  test(`${emitter.format}: findings are written as they come, not gathered`, async () => {
    const [finding] = listVariedFindings().filter((candidate) => emitter.holds?.(candidate) ?? true);
    const findings = {
      *[Symbol.iterator]() {
        for (let index = 0; index < 1000; index++) yield finding!;
      },
    };
    let pieces = 0;

    for await (const _ of emitter.emit(findings, {
      producer: { name: 'DeployGuard', version: '0.1.0' },
      writtenAt: '2026-01-31T10:00:00.000Z',
    }))
      pieces++;

    assert.ok(pieces >= 1000, `1000 findings came in ${pieces} pieces`);
  });
}
