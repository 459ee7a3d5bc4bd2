import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';

const secrets = join(import.meta.dirname, '..', '..');

test('source code takes up the anchors of the run before until one of its files changes', () => {
  using directory = createTemporaryDirectory();
  const copy = join(directory.path, 'packages', 'secrets');
  mkdirSync(copy, { recursive: true });
  for (const name of ['package.json', 'src']) cpSync(join(secrets, name), join(copy, name), { recursive: true });
  symlinkSync(join(secrets, '..', '..', 'node_modules'), join(directory.path, 'node_modules'));
  const program = join(copy, 'run.ts');
  writeFileSync(
    program,
    `import { createDetector } from './src/detect/detector.ts';
    import { readKeptAnchors } from './src/detect/kept-anchors.ts';
    const before = readKeptAnchors();
    const { encodedAnchors } = createDetector();
    console.log(JSON.stringify({ isTaken: before !== undefined && Buffer.compare(before, encodedAnchors) === 0, isKept: readKeptAnchors() !== undefined }));`,
  );
  const run = (): unknown =>
    JSON.parse(execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', program], { encoding: 'utf8' }));
  const changeOne = (at: Date): void => utimesSync(join(copy, 'src', 'rules', 'forms.ts'), at, at);

  const outcomes = [run(), run()];
  changeOne(new Date());
  outcomes.push(run(), run());
  changeOne(new Date(Date.now() + 60_000));
  outcomes.push(run());

  assert.deepEqual(outcomes, [
    { isTaken: false, isKept: true },
    { isTaken: true, isKept: true },
    { isTaken: false, isKept: true },
    { isTaken: true, isKept: true },
    // What was loaded may have been another file.
    { isTaken: false, isKept: false },
  ]);
});
