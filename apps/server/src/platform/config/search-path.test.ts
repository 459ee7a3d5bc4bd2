import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findSearchPath } from './search-path.ts';

test('programs are looked up as for the service, behind its own Node and before those of the system; relative folders are left out', (context) => {
  set(context, { PATH: '/opt/tools/bin:node_modules/.bin:/usr/bin' });

  assert.equal(findSearchPath(), `${dirname(process.execPath)}:/opt/tools/bin:/usr/bin:/usr/local/bin:/bin`);
});

test('the toolchain that rustup stands for comes before it, since rustup finds it in a home that builds do not see', (context) => {
  const home = mkdtempSync(join(tmpdir(), 'deployguard-rustup-'));
  context.after(() => rmSync(home, { recursive: true }));
  const programs = join(home, '.cargo', 'bin');
  const bins = ['stable-x86_64-unknown-linux-gnu', 'nightly'].map((name) => join(home, '.rustup', 'toolchains', name, 'bin'));
  for (const folder of [programs, ...bins]) mkdirSync(folder, { recursive: true });
  for (const bin of bins) writeFileSync(join(bin, 'cargo'), '');
  writeFileSync(join(programs, 'rustup'), '');
  symlinkSync('rustup', join(programs, 'cargo'));
  writeFileSync(
    join(home, '.rustup', 'settings.toml'),
    'default_toolchain = "stable-x86_64-unknown-linux-gnu"\nprofile = "default"\nversion = "12"\n\n[overrides]\n',
  );
  set(context, { PATH: programs, RUSTUP_HOME: join(home, '.rustup') });

  const chosen = () => findSearchPath().split(':').slice(1, 3);

  assert.deepEqual(chosen(), [bins[0], programs]);
  set(context, { RUSTUP_TOOLCHAIN: 'nightly' });
  assert.deepEqual(chosen(), [bins[1], programs]);
  set(context, { RUSTUP_TOOLCHAIN: 'missing' });
  assert.deepEqual(chosen(), [programs, '/usr/local/bin']);
});

function set(context: { after(done: () => void): void }, variables: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  context.after(() => {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}
