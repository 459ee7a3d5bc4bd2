import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { aTree } from '../../test/a-tree.ts';
import { buildSbom, printPurl } from './build-sbom.ts';
import { listComponents } from './list-components.ts';

// The official schemas of CycloneDX, as its own library brings them.
const schemas = join(dirname(fileURLToPath(import.meta.resolve('@cyclonedx/cyclonedx-library/package.json'))), 'res', 'schema');
const load = (name: string): object => JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
const ajv = new Ajv({ strict: false, formats: { 'iri-reference': true, 'idn-email': true } });
addFormats.default(ajv);
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
  ajv.addSchema(load(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
const validate = ajv.compile(load('bom-1.6'));
const subject = { application: 'app', commit: 'c'.repeat(40) };
// SHA-512 of nothing, as RFC 6234 gives it, in both writings.
const integrity = 'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==';
const sha512 =
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e';

const locks: Readonly<Record<string, readonly [text: string, purls: readonly string[]]>> = {
  'package-lock.json': [
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { name: 'app' },
        'node_modules/@scope/a': { version: '1.2.3', integrity },
        'node_modules/@scope/a/node_modules/b': { version: '2.0.0', dev: true },
        'node_modules/b': { version: '2.0.0' },
        'node_modules/alias': { name: 'real', version: '1.0.0+x' },
        'node_modules/linked': { link: true },
        'node_modules/from-git': { version: 'git+ssh://x' },
      },
    }),
    ['pkg:npm/%40scope/a@1.2.3', 'pkg:npm/b@2.0.0', 'pkg:npm/real@1.0.0%2Bx'],
  ],
  'npm-shrinkwrap.json': [
    JSON.stringify({ lockfileVersion: 1, dependencies: { a: { version: '1.0.0', dependencies: { b: { version: '2.0.0' } } } } }),
    ['pkg:npm/a@1.0.0', 'pkg:npm/b@2.0.0'],
  ],
  'yarn.lock': [
    '# yarn lockfile v1\n\n"@scope/a@^1.0.0", "@scope/a@^1.1.0":\n  version "1.2.3"\n  resolved "https://x"\n  dependencies:\n    b "^1"\n\nb@^1:\n  version "1.9.0"\n',
    ['pkg:npm/%40scope/a@1.2.3', 'pkg:npm/b@1.9.0'],
  ],
  // As Bun 1.3 and Deno 2.5 write them.
  'bun.lock': [
    `{
  "lockfileVersion": 2,
  "workspaces": { "": { "name": "app", "dependencies": { "other": "npm:debug@^4", }, }, },
  "packages": {
    "@types/ms": ["@types/ms@2.1.0", "", {}, "${integrity}"],

    "other": ["debug@4.4.3", "", { "dependencies": { "ms": "^2.1.3" } }, "${integrity}"],

    "x": ["x@workspace:packages/x"],

    "y": ["y@github:a/y#0123abc", {}, "a-y-0123abc"],

    "x/ms": ["ms@2.0.0", "", {}, "${integrity}"],
  }
}
`,
    ['pkg:npm/%40types/ms@2.1.0', 'pkg:npm/debug@4.4.3', 'pkg:npm/ms@2.0.0'],
  ],
  'deno.lock': [
    JSON.stringify({
      version: '5',
      specifiers: { 'npm:debug@4': '4.4.3' },
      jsr: { '@std/path@1.0.0': { integrity: '00' } },
      npm: { 'debug@4.4.3': { integrity, dependencies: ['ms'] }, '@a/b@1.0.0-rc.1_react@18.0.0__ms@2.0.0': { integrity } },
    }),
    ['pkg:npm/%40a/b@1.0.0-rc.1', 'pkg:npm/debug@4.4.3'],
  ],
  'packages.lock.json': [
    JSON.stringify({
      version: 1,
      dependencies: {
        'net8.0': {
          'Newtonsoft.Json': { type: 'Direct', requested: '[13.0.3, )', resolved: '13.0.3', contentHash: 'x' },
          shared: { type: 'Project' },
        },
      },
    }),
    ['pkg:nuget/Newtonsoft.Json@13.0.3'],
  ],
  'mix.lock': [
    '%{\n  "jason": {:hex, :jason, "1.4.4", "00", [:mix], [{:decimal, "~> 1.0", [hex: :decimal, optional: true]}], "hexpm", "00"},\n  "own": {:git, "https://x", "0123", []},\n}\n',
    ['pkg:hex/jason@1.4.4'],
  ],
  'gradle.lockfile': [
    '# This is a Gradle generated file\ncom.google.guava:guava:33.0.0-jre=compileClasspath,runtimeClasspath\norg.junit:junit-bom:5.10.0=testCompileClasspath,testRuntimeClasspath\nempty=annotationProcessor\n',
    ['pkg:maven/com.google.guava/guava@33.0.0-jre', 'pkg:maven/org.junit/junit-bom@5.10.0'],
  ],
  'pnpm-lock.yaml': [
    "lockfileVersion: '9.0'\npackages:\n  '@scope/a@1.2.3(b@1.0.0)':\n    resolution: {integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=}\n  /b@1.9.0:\n    dev: true\n  /c/3.0.0_react@18:\n    dev: false\n",
    ['pkg:npm/%40scope/a@1.2.3', 'pkg:npm/b@1.9.0', 'pkg:npm/c@3.0.0'],
  ],
  'poetry.lock': [
    '[[package]]\nname = "Flask_Login"\nversion = "0.6.3"\n\n[[package]]\nname = "local"\nversion = "1"\n[package.source]\ntype = "directory"\n',
    ['pkg:pypi/flask-login@0.6.3'],
  ],
  'uv.lock': [
    '[[package]]\nname = "app"\nversion = "0"\nsource = { virtual = "." }\n\n[[package]]\nname = "idna"\nversion = "3.7"\nsource = { registry = "https://pypi.org/simple" }\n',
    ['pkg:pypi/idna@3.7'],
  ],
  'pdm.lock': ['[[package]]\nname = "idna"\nversion = "3.7"\ngroups = ["dev"]\n', ['pkg:pypi/idna@3.7']],
  'Pipfile.lock': [
    JSON.stringify({ default: { idna: { version: '==3.7' } }, develop: { pytest: { version: '==8.0' } } }),
    ['pkg:pypi/idna@3.7', 'pkg:pypi/pytest@8.0'],
  ],
  'requirements.txt': [
    '# x==1\nidna==3.7 ; python_version > "3"\nflask[async]===3.0.0 \\\n  --hash=sha256:00\nopen>=1\n-r other.txt\n',
    ['pkg:pypi/flask@3.0.0', 'pkg:pypi/idna@3.7'],
  ],
  'go.mod': [
    'module example.com/app\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/b v1.2.3\n\tgithub.com/Old/Name v1.0.0 // indirect\n\tlocal/x v0.0.0\n)\nrequire golang.org/x/net v0.1.0\nreplace github.com/Old/Name => github.com/new/name v1.1.0\nreplace local/x v0.0.0 => ./x\n',
    ['pkg:golang/github.com/a/b@v1.2.3', 'pkg:golang/github.com/new/name@v1.1.0', 'pkg:golang/golang.org/x/net@v0.1.0'],
  ],
  'Cargo.lock': [
    `[[package]]\nname = "app"\nversion = "0.1.0"\n\n[[package]]\nname = "serde"\nversion = "1.0.1"\nsource = "registry+https://x"\nchecksum = "${'0'.repeat(64)}"\n`,
    ['pkg:cargo/serde@1.0.1'],
  ],
  'composer.lock': [
    JSON.stringify({
      packages: [{ name: 'symfony/console', version: 'v7.0.1' }],
      'packages-dev': [{ name: 'phpunit/phpunit', version: '11.0.0' }],
    }),
    ['pkg:composer/phpunit/phpunit@11.0.0', 'pkg:composer/symfony/console@7.0.1'],
  ],
  'Gemfile.lock': [
    'PATH\n  remote: .\n  specs:\n    own (0.1)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.16.0-x86_64-linux)\n      racc (~> 1.4)\n    racc (1.7.3)\n\nGEM\n  remote: https://gems.example/\n  specs:\n    sidekiq-pro (7.3.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  nokogiri (1)\n',
    ['pkg:gem/nokogiri@1.16.0', 'pkg:gem/racc@1.7.3', 'pkg:gem/sidekiq-pro@7.3.0'],
  ],
};

for (const [file, [text, purls]] of Object.entries(locks)) {
  test(`${file} names its packages`, async () => {
    const list = await listComponents(aTree({ [file]: text }), '');

    assert.deepEqual(list.components.map(printPurl), purls);
    assert.deepEqual([list.files, list.unread], [[file], []]);
    const sbom = buildSbom(subject, list);
    assert.ok(validate(sbom), JSON.stringify(validate.errors));
    const ofWindows = await listComponents(aTree({ [file]: text.replaceAll('\n', '\r\n') }), '');
    assert.deepEqual(ofWindows, list);
  });
}

test('yarn.lock of Yarn 2 and later, and what stands for another package in that of Yarn 1', async () => {
  const block = (asked: string, version: string, resolution: string) =>
    `"${asked}":\n  version: ${version}\n  resolution: "${resolution}"\n  checksum: 10c0/00\n  languageName: node\n  linkType: hard\n`;
  const berry = [
    '# This file is generated by running "yarn install" inside your project.\n',
    '__metadata:\n  version: 10\n  cacheKey: 10c0\n',
    block('@types/ms@npm:*', '2.1.0', '@types/ms@npm:2.1.0'),
    block('app@workspace:.', '0.0.0-use.local', 'app@workspace:.'),
    block('other@npm:debug@^4', '4.4.3', 'debug@npm:4.4.3'),
    block(
      'ms@patch:ms@npm%3A2.1.3#~/.yarn/patches/ms.patch',
      '2.1.3',
      'ms@patch:ms@npm%3A2.1.3#~/.yarn/patches/ms.patch::version=2.1.3&hash=1',
    ),
    block('own@npm:1.0.0', '1.0.0', 'own@npm:1.0.0::__archiveUrl=https%3A%2F%2Fx'),
  ];
  const first = '"other@npm:debug@^4":\n  version "4.4.3"\n\n"@mine/other@npm:@types/ms@*":\n  version "2.1.0"\n';

  const lists = await Promise.all([berry.join('\n'), first].map((text) => listComponents(aTree({ 'yarn.lock': text }), '')));

  const purls = ['pkg:npm/%40types/ms@2.1.0', 'pkg:npm/debug@4.4.3'];
  assert.deepEqual(
    lists.map(({ components }) => components.map(printPurl)),
    [[...purls, 'pkg:npm/own@1.0.0'], purls],
  );
});

test('what an archive must hash to stands in the bill of materials, and what only developers need is marked', async () => {
  const { components } = buildSbom(
    subject,
    await listComponents(aTree({ 'package-lock.json': locks['package-lock.json']![0], 'composer.lock': locks['composer.lock']![0] }), ''),
  );

  const find = (purl: string) => components.find((component) => component['purl'] === purl);
  assert.deepEqual(find('pkg:npm/%40scope/a@1.2.3')?.['hashes'], [{ alg: 'SHA-512', content: sha512 }]);
  assert.equal(find('pkg:npm/b@2.0.0')?.['scope'], 'required', 'one of two uses is not of developers');
  assert.equal(find('pkg:composer/phpunit/phpunit@11.0.0')?.['scope'], 'excluded');
  assert.deepEqual(
    [find('pkg:composer/symfony/console@7.0.1')?.['group'], find('pkg:composer/symfony/console@7.0.1')?.['name']],
    ['symfony', 'console'],
  );
});

test('the same input gives the same bytes; another image is another bill', async () => {
  const list = await listComponents(aTree({ 'go.mod': locks['go.mod']![0] }), '');
  const image = { ...subject, imageDigest: `sha256:${'1'.repeat(64)}` };

  assert.equal(JSON.stringify(buildSbom(subject, list)), JSON.stringify(buildSbom(subject, list)));
  assert.notEqual(buildSbom(subject, list).serialNumber, buildSbom(image, list).serialNumber);
  assert.ok(validate(buildSbom(image, list)), JSON.stringify(validate.errors));
});

test('lock files in the root of the application come before those of the whole repository', async () => {
  const tree = aTree({ 'package-lock.json': locks['package-lock.json']![0], 'api/go.mod': locks['go.mod']![0], 'web/index.html': '' });

  assert.deepEqual((await listComponents(tree, 'api')).files, ['api/go.mod']);
  assert.deepEqual((await listComponents(tree, 'web')).files, ['package-lock.json']);
});

test('broken and hostile lock files cost an entry at most', async () => {
  for (const file of Object.keys(locks)) {
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"packages":[1],"dependencies":3}',
      '[[package]]\nname = 1\n',
      '\0\0',
      `a: ${'['.repeat(2000)}`,
    ]) {
      const sbom = buildSbom(subject, await listComponents(aTree({ [file]: text }), ''));
      assert.ok(validate(sbom) && sbom.components.length === 0, `${file} ${text.slice(0, 20)}`);
    }
  }
  const hostile = {
    packages: {
      'node_modules/</script>"\n': { version: '1" onload=' },
      [`node_modules/${'x'.repeat(9999)}`]: { version: '1' },
      'node_modules/__proto__': { version: '1' },
    },
  };
  const sbom = buildSbom(
    { ...subject, application: '"\n' },
    await listComponents(aTree({ 'package-lock.json': JSON.stringify(hostile) }), ''),
  );
  assert.ok(validate(sbom), JSON.stringify(validate.errors));
  assert.equal(sbom.components.length, 2);
});

test('files in which much is opened and nothing closed are read in a moment', async () => {
  const count = 200_000;
  const files = { 'requirements.txt': 'a[\n'.repeat(count), 'go.mod': 'require(\n'.repeat(count) };

  for (const [name, text] of Object.entries(files)) {
    const begin = performance.now();
    await listComponents(aTree({ [name]: text }), '');

    assert.ok(performance.now() - begin < 20_000, name);
  }
});

test('a name that is no text is left out of the bill of materials', async () => {
  const lock = '{ "packages": { "node_modules/a\\ud800": { "version": "1.0.0" }, "node_modules/b": { "version": "1.0.0" } } }';

  const sbom = buildSbom(subject, await listComponents(aTree({ 'package-lock.json': lock }), ''));

  assert.deepEqual(
    sbom.components.map(({ purl }) => purl),
    ['pkg:npm/b@1.0.0'],
  );
});

test('a lock file of many packages with long names makes no bill of materials that is too large for those who sign and read it', async () => {
  const packages = Object.fromEntries(
    Array.from({ length: 60_000 }, (_, index) => [`node_modules/${'%'.repeat(400)}${index}`, { version: '1.0.0', integrity }]),
  );
  const list = await listComponents(aTree({ 'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }) }), '');

  const sbom = buildSbom(subject, list);

  assert.equal(list.components.length, 60_000);
  assert.ok(JSON.stringify(sbom).length < 9_000_000);
  assert.ok(sbom.components.length > 1000);
  assert.deepEqual(sbom.metadata['properties'], [
    { name: 'deployguard:source', value: 'package-lock.json' },
    { name: 'deployguard:left-out', value: String(60_000 - sbom.components.length) },
  ]);
  assert.equal(validate(sbom), true, JSON.stringify(validate.errors));
});

test('a lock file of npm whose packages stand in each other very deep is read as fast as a flat one', async () => {
  let text = '';
  for (let depth = 0; depth < 2000; depth++) {
    const beside = Array.from({ length: 40 }, (_, at) => `"p${depth}-${at}":{"version":"1.0.0"}`).join();
    text += `"n${depth}":{"version":"1.0.0","dependencies":{${beside},`;
  }
  const lock = `{"lockfileVersion":1,"dependencies":{${text}"last":{"version":"1.0.0"}${'}}'.repeat(2000)}}}`;
  const startedAt = performance.now();

  const { components } = await listComponents(aTree({ 'package-lock.json': lock }), '');

  assert.equal(components.length, 2000 * 41 + 1);
  assert.ok(performance.now() - startedAt < 5000);
});
