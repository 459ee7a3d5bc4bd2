// Most of it with a real engine: npm run test:image. See test/an-engine.ts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProcess } from '@deployguard/process';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { findTestEngine, skipContainerTests } from '../../test/an-engine.ts';
import { listImages } from '../containers/list-images.ts';
import { runEngine } from '../containers/run-engine.ts';
import { removeUnusedImages } from './remove-unused-images.ts';

const engine = findTestEngine();

for (const { what, complaint, removed } of [
  {
    what: 'go where one that is used is not there',
    complaint: 'Error: inspecting object: registry.example/app: image not known',
    removed: true,
  },
  { what: 'stay where the engine cannot tell just now which of them are used', complaint: 'Error: database is locked', removed: false },
])
  test(`images of an application ${what}`, async () => {
    using directory = createTemporaryDirectory();
    const program = join(directory.path, 'podman');
    const calls = join(directory.path, 'calls');
    const script = [
      `echo "$*" >> '${calls}'`,
      'case "$*" in',
      `"image inspect"*Id*) echo '${complaint}' >&2; exit 125 ;;`,
      `"image inspect"*) echo '[]' ;;`,
      `images*) echo sha256:${'a'.repeat(64)} ;;`,
      'esac',
    ];
    writeFileSync(program, `#!/bin/sh\n${script.join('\n')}\n`, { mode: 0o755 });
    const digest = `sha256:${'b'.repeat(64)}`;

    await removeUnusedImages({ kind: 'podman', program, environment: { PATH: '/usr/bin:/bin' } }, 'registry.example/app', [
      { kind: 'image', reference: `registry.example/app@${digest}`, digest },
    ]);

    assert.equal(readFileSync(calls, 'utf8').includes('image rm'), removed);
  });

if (engine !== undefined) {
  test(
    'images of an application that no release is made of go, with all their names; those of others stay',
    { timeout: 600_000 },
    async () => {
      using directory = createTemporaryDirectory();
      const name = `localhost/test-${Math.random().toString(36).slice(2, 10)}/app`;
      const archive = join(directory.path, 'system.tar');
      const makeImage = async (tag: string): Promise<string> => {
        writeFileSync(join(directory.path, 'file'), tag);
        await runProcess({ program: 'tar', args: ['-cf', archive, '-C', directory.path, 'file'], env: { PATH: '/usr/bin:/bin' } });
        return `sha256:${(await runEngine(engine, ['import', archive, tag]))
          .trim()
          .split('\n')
          .at(-1)!
          .replace(/^sha256:/, '')}`;
      };
      const used = await makeImage(`${name}:one`);
      await makeImage(`${name}:two`);
      await runEngine(engine, ['tag', `${name}:two`, `${name}:latest`]);
      await makeImage(`${name}-other:one`);
      const list = async (): Promise<string[]> => {
        const names = await listImages(engine, ['--format', '{{.Repository}}:{{.Tag}}']);
        return names.filter((line) => line.startsWith(name)).sort();
      };

      await removeUnusedImages(engine, name, [{ kind: 'image', reference: used, digest: used }]);
      const left = await list();
      await removeUnusedImages({ ...engine, program: 'no-such-engine' }, name, []);
      await removeUnusedImages(engine, name, []);
      const last = await list();
      await runEngine(engine, ['rmi', `${name}-other:one`]);

      assert.deepEqual(left, [`${name}-other:one`, `${name}:one`]);
      assert.deepEqual(last, [`${name}-other:one`]);
    },
  );
} else skipContainerTests('removing images that nobody uses');
