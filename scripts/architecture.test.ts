import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = dirname(import.meta.dirname);

/** Which of our packages each may import. Tests may import more: testkit, and what they run. */
const layers: Readonly<Record<string, readonly string[]>> = {
  'packages/findings': [],
  'packages/process': [],
  'packages/egress': [],
  'packages/git': ['process', 'egress'],
  'packages/secrets': ['git', 'findings', 'egress'],
  'packages/reports': ['findings', 'egress'],
  'packages/contracts': ['findings'],
  'packages/delivery': ['git', 'findings', 'secrets', 'process', 'egress'],
  'packages/testkit': ['findings', 'process', 'egress', 'git', 'secrets', 'reports'],
  'apps/server': ['contracts', 'delivery', 'findings', 'process', 'egress', 'git', 'secrets', 'reports'],
  'apps/cli': ['delivery', 'findings', 'git', 'reports', 'secrets', 'egress', 'contracts', 'server'],
};

/** Where these may stand in packages: nothing else starts programs or opens connections. */
const guardedModules: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': ['packages/process', 'packages/testkit'],
  // The router takes connections from users, and leads them to what runs here.
  'node:net': ['packages/egress', 'packages/testkit', 'packages/delivery/src/router'],
  'node:http': ['packages/egress', 'packages/testkit', 'packages/delivery/src/router'],
  'node:https': ['packages/egress', 'packages/testkit', 'packages/delivery/src/router'],
  'node:tls': ['packages/egress', 'packages/delivery/src/router'],
  'node:dns': ['packages/egress'],
  'node:dns/promises': ['packages/egress'],
};

/** What a package opens beside its index. */
const doors = new Set([
  '@deployguard/contracts/words',
  '@deployguard/delivery/router',
  '@deployguard/findings/review',
  '@deployguard/reports/thread',
  '@deployguard/secrets/signing',
]);

interface SourceFile {
  readonly path: string;
  readonly package: string;
  readonly isTest: boolean;
  readonly imports: readonly string[];
  readonly text: string;
}

const files = globSync('{packages,apps}/*/{src,test}/**/*.{ts,tsx,mjs}', { cwd: root }).map(readSource);

test('there are source files to check', () => {
  assert.ok(files.length > 50);
});

test('packages import only what their layer allows', () => {
  const faults = files
    .filter((file) => !file.isTest)
    .flatMap((file) =>
      file.imports
        .map((name) => /^@deployguard\/([a-z-]+)/.exec(name)?.[1])
        .filter((name) => name !== undefined && !layers[file.package]!.includes(name))
        .map((name) => `${file.path} imports @deployguard/${name}`),
    );

  assert.deepEqual(faults, []);
});

test('every package has a layer', () => {
  assert.deepEqual(
    [...new Set(files.map((file) => file.package))].filter((name) => !(name in layers)),
    [],
  );
});

test('nothing imports the inner files of another package', () => {
  const faults = files.flatMap((file) =>
    file.imports
      .filter((name) => (/^@deployguard\/[a-z-]+\/./.test(name) && !doors.has(name)) || leavesPackage(file, name))
      .map((name) => `${file.path} imports ${name}`),
  );

  assert.deepEqual(faults, []);
});

test('only process starts programs and only egress opens connections', () => {
  const faults = files
    .filter((file) => !file.isTest && file.package.startsWith('packages/'))
    .flatMap((file) =>
      file.imports
        .filter((name) => name in guardedModules && !guardedModules[name]!.some((place) => file.path.startsWith(`${place}/`)))
        .map((name) => `${file.path} imports ${name}`),
    );

  assert.deepEqual(faults, []);
});

test('packages read no environment variables', () => {
  // Rules quote code of others, in which environment variables are read.
  const sources = files.filter((file) => !file.isTest && file.package.startsWith('packages/') && !file.path.includes('/rules/'));

  assert.deepEqual(
    sources.filter((file) => /\bprocess\.env\b/.test(file.text)).map((file) => file.path),
    [],
  );
});

test('packages of others are imported dynamically through a module of ours, for compiled they may have no names', () => {
  const faults = files
    .filter((file) => !file.isTest)
    .flatMap((file) =>
      [...file.text.matchAll(/\bimport\('((?!node:|@deployguard\/|\.)[^']+)'\)/g)].map(([, name]) => `${file.path} imports ${name}`),
    );

  assert.deepEqual(faults, []);
});

test('no program is started through a shell', () => {
  const faults = files.filter(
    (file) => !file.isTest && /\bshell:\s*true|\bexecSync\(|\bexec\(`|['"](?:ba)?sh['"],\s*\[?\s*['"]-c['"]/.test(file.text),
  );

  assert.deepEqual(
    faults.map((file) => file.path),
    [],
  );
});

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  return {
    path,
    package: path.split('/').slice(0, 2).join('/'),
    isTest: /\.test\.tsx?$|\/test\/|[/-]test-[^/]*\.ts$|-fixtures\.ts$/.test(path),
    imports: [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm)].map((match) => match[1]!),
    text,
  };
}

function leavesPackage(file: SourceFile, name: string): boolean {
  return name.startsWith('.') && !join(dirname(file.path), name).startsWith(`${file.package}/`);
}
