import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { emitters, findEmitter } from './registry.ts';

const notEmitters = new Set(['emitter.ts', 'html-style.ts', 'registry.ts']);

test('every emitter file of the folder is registered, sorted, under its own name, and has a test', () => {
  const files = readdirSync(import.meta.dirname);
  const expected = files.filter((file) => !file.endsWith('.test.ts') && !notEmitters.has(file)).map((file) => file.slice(0, -'.ts'.length));

  assert.deepEqual(
    emitters.map(({ format }) => format),
    expected.sort(),
  );
  for (const format of expected) assert.ok(files.includes(`${format}.test.ts`), format);
});

test('an unknown format has no emitter', () => {
  assert.equal(findEmitter('doc'), undefined);
});

for (const emitter of emitters) {
  test(`${emitter.format}: the same report is written the same way twice`, async () => {
    const findings = hostileTexts.map((text) => aFinding({ title: text, location: { path: text, line: 1 } }));

    const [once, again] = [await emitText(emitter, aReport(findings)), await emitText(emitter, aReport(findings))];

    assert.equal(once, again);
  });

  test(`${emitter.format}: findings are asked for one by one, as the document is read`, async () => {
    let asked = 0;
    async function* findings() {
      for (; asked < 1000; asked++) yield aFinding();
    }
    const summary = { total: 1000, bySeverity: { critical: 0, high: 1000, medium: 0, low: 0, info: 0 } };
    const document = emitter.emit(aReport([], { findings: findings(), summary }))[Symbol.asyncIterator]();

    let text = '';
    while (!text.includes('acme-token')) text += String((await document.next()).value);

    assert.ok(asked < 10, `${asked} findings were read for the first one written`);
  });
}
