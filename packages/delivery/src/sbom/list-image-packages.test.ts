// Looks into real images: npm run test:image. See test/an-engine.ts.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { findTestEngine, skipContainerTests } from '../../test/an-engine.ts';
import { runEngine } from '../containers/run-engine.ts';
import { printPurl } from './build-sbom.ts';
import { listImagePackages } from './list-image-packages.ts';

const engine = findTestEngine();
const limit = { timeout: 600_000 };

async function withImage(
  files: Readonly<Record<string, string>>,
  work: (image: string, workDirectory: string) => Promise<void>,
): Promise<void> {
  using directory = createTemporaryDirectory();
  const context = join(directory.path, 'context');
  const workDirectory = join(directory.path, 'work');
  for (const path of [context, workDirectory]) mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(context, 'root', name)), { recursive: true });
    writeFileSync(join(context, 'root', name), content);
  }
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY root/ /\nVOLUME /kept\n');
  const idFile = join(directory.path, 'id');
  await runEngine(engine!, ['build', '--iidfile', idFile, ...(engine!.buildArguments ?? []), context], { timeoutSeconds: 300 });
  const image = readFileSync(idFile, 'utf8').trim();
  try {
    await work(image, workDirectory);
  } finally {
    await runEngine(engine!, ['rmi', '--force', image]);
  }
}

if (engine !== undefined) {
  const listLooks = async (): Promise<string[]> =>
    (await runEngine(engine, ['ps', '--all', '--format', '{{.Names}}'])).split('\n').filter((name) => name.startsWith('deployguard-look-'));

  test('the packages of the distribution in an image are those of its own records, and nothing is left of looking', limit, async () => {
    const files = {
      'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\n',
      'var/lib/dpkg/status': 'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n',
    };

    await withImage(files, async (image, workDirectory) => {
      const listVolumes = () => runEngine(engine, ['volume', 'ls', '--quiet']);
      const volumes = await listVolumes();

      const found = await listImagePackages(engine, image, { workDirectory });

      assert.equal(await listVolumes(), volumes);
      assert.deepEqual(found.components.map(printPurl), ['pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12']);
      assert.deepEqual(found.files, ['image:/var/lib/dpkg/status']);
      assert.deepEqual(readdirSync(workDirectory), []);
      assert.deepEqual(await listLooks(), []);
    });
  });

  test('what a look that was cut off left behind is in nobody’s way', limit, async () => {
    await withImage({ app: 'program' }, async (image, workDirectory) => {
      const created: string[] = [];
      const cutOff = { ...engine, program: join(workDirectory, 'engine') };
      // It makes the container and dies before anything can be copied or removed.
      writeFileSync(cutOff.program, `#!/bin/sh\n[ "$1" = create ] || exit 125\nexec ${engine.program} "$@"\n`, { mode: 0o755 });
      await listImagePackages(cutOff, image, { workDirectory }).catch(() => {});
      created.push(...(await listLooks()));

      const found = await listImagePackages(engine, image, { workDirectory });

      assert.equal(created.length, 1);
      assert.deepEqual(found.components, []);
      assert.deepEqual(await listLooks(), []);
    });
  });

  test('an image without a distribution has no packages of one', limit, async () => {
    await withImage({ app: 'program' }, async (image, workDirectory) => {
      assert.deepEqual(await listImagePackages(engine, image, { workDirectory }), { components: [], files: [], unread: [] });
    });
  });
} else skipContainerTests('packages of images');
