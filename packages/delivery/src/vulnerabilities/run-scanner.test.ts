import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { runScanner } from './run-scanner.ts';

// Scanners are no packages of a registry, and need a database from the network: programs of their names write down how they were called.
function openPrograms(programs: Readonly<Record<string, string>>) {
  const directory = createTemporaryDirectory();
  const bin = join(directory.path, 'bin');
  const workDirectory = join(directory.path, 'work');
  for (const path of [bin, workDirectory]) mkdirSync(path);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$@" > "$TMPDIR/${name}.called"\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const options = { environment: { PATH: `${bin}:/usr/bin:/bin` }, workDirectory, timeoutSeconds: 120 };
  return {
    options,
    workDirectory,
    called: (name: string) =>
      readFileSync(join(workDirectory, `${name}.called`), 'utf8')
        .trim()
        .split('\n'),
    [Symbol.dispose]: () => directory.dispose(),
  };
}

const sbomFile = '/somewhere/sbom.json';

test('Trivy comes first, and leaves its report', async () => {
  using programs = openPrograms({ trivy: 'true', grype: 'false' });

  const run = await runScanner({ sbomFile }, programs.options);

  const reportFile = join(programs.workDirectory, 'trivy.json');
  assert.deepEqual(run, { status: 'done', scanner: 'trivy', reportFile });
  assert.deepEqual(programs.called('trivy'), ['sbom', sbomFile, '--quiet', '--format', 'json', '--output', reportFile]);
});

test('without Trivy it is Grype; a scanner that is asked for is the only one', async () => {
  using programs = openPrograms({ grype: 'true' });

  const run = await runScanner({ sbomFile }, programs.options);
  const wanted = await runScanner({ sbomFile }, { ...programs.options, scanner: 'trivy' });

  assert.deepEqual(run, { status: 'done', scanner: 'grype', reportFile: join(programs.workDirectory, 'grype.json') });
  assert.deepEqual(programs.called('grype').slice(0, 2), [`sbom:${sbomFile}`, '--quiet']);
  assert.deepEqual(wanted, { status: 'skipped', reason: 'Trivy is not installed' });
});

test('where no scanner is installed, that is said', async () => {
  using programs = openPrograms({});

  assert.deepEqual(await runScanner({ sbomFile }, programs.options), { status: 'skipped', reason: 'Trivy or Grype is not installed' });
});

test('a scanner that fails, or does not end, is told with its own words', async () => {
  using failing = openPrograms({ trivy: 'echo first >&2; echo "no database: offline" >&2; exit 1' });
  using endless = openPrograms({ trivy: 'exec sleep 600' });

  const failed = await runScanner({ sbomFile }, failing.options);
  const stopped = await runScanner({ sbomFile }, { ...endless.options, timeoutSeconds: 1 });

  assert.deepEqual(failed, { status: 'failed', scanner: 'trivy', reason: 'no database: offline' });
  assert.equal(stopped.status, 'failed');
});

test('one that is cancelled ends with it', async () => {
  using endless = openPrograms({ trivy: 'exec sleep 600' });
  const reason = new Error('cancelled');

  await assert.rejects(runScanner({ sbomFile }, { ...endless.options, signal: AbortSignal.abort(reason) }), reason);
});

test('an image is handed over as an archive that the engine makes', async () => {
  using programs = openPrograms({ trivy: 'true', grype: 'true', podman: 'true' });
  const engine = {
    kind: 'podman',
    program: 'podman',
    environment: { ...programs.options.environment, TMPDIR: programs.workDirectory },
  } as const;
  const archive = join(programs.workDirectory, 'image.tar');

  await runScanner({ image: 'sha256:abc', engine }, programs.options);
  await runScanner({ image: 'sha256:abc', engine }, { ...programs.options, scanner: 'grype' });

  assert.deepEqual(programs.called('podman'), ['save', '--format', 'docker-archive', '--output', archive, 'sha256:abc']);
  assert.deepEqual(programs.called('trivy').slice(0, 5), ['image', '--scanners', 'vuln', '--input', archive]);
  assert.equal(programs.called('grype')[0], `docker-archive:${archive}`);
});
