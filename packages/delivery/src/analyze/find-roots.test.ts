import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

async function rootOf(files: Readonly<Record<string, string>>): Promise<string | string[]> {
  const { root, ambiguities } = await analyzeTree(aTree(files));
  const question = ambiguities.find(({ field }) => field === 'root');
  return question === undefined ? `${root.value || '.'} (${root.rule})` : question.choices.map(({ value }) => value);
}

const next = aPackage({ scripts: { build: 'next build', start: 'next start' }, dependencies: { next: '15' } });
const code = (folder: string, ending: string): Record<string, string> =>
  Object.fromEntries(['a', 'b', 'c'].map((name) => [`${folder}/${name}.${ending}`, '']));

test('a page beside a program whose start is unknown is not the application', async () => {
  const php = aTree({ 'composer.json': '{"type":"project"}', ...code('includes', 'php'), 'user/index.html': '<p>' });
  const python = { 'pyproject.toml': '[project]\ndependencies = ["falcon"]\n', ...code('shop', 'py') };

  const analysis = await analyzeTree(php);

  assert.deepEqual([analysis.root.value, analysis.root.rule, analysis.staticOutput], ['', 'root-no-application', undefined]);
  assert.match(analysis.notes[0]!.message, /Nothing says how the program at the top is started/);
  assert.equal(await rootOf({ ...python, 'docs2/index.html': '<p>' }), '. (root-no-application)');
  assert.equal(
    await rootOf({ 'Cargo.toml': '[package]\nname = "x"\n', ...code('src', 'rs'), 'web2/index.html': '<p>' }),
    '. (root-no-application)',
  );
});

test('what else can be started beside such a program is a question', async () => {
  const python = { 'pyproject.toml': '[project]\ndependencies = ["falcon"]\n', ...code('shop', 'py') };

  assert.deepEqual(await rootOf({ ...python, 'front/package.json': next }), ['.', 'front']);
});

test('a top that only has the settings of tools leaves the folders to be the application', async () => {
  const tools = { 'pyproject.toml': '[tool.ruff]\n', ...code('api', 'py') };

  assert.equal(
    await rootOf({ ...tools, 'api/requirements.txt': 'flask\n', 'api/app.py': 'app = Flask(__name__)\n' }),
    'api (root-only-application)',
  );
  assert.equal(
    await rootOf({ 'package.json': aPackage({ devDependencies: { prettier: '3' } }), 'site2/index.html': '<p>' }),
    'site2 (root-only-application)',
  );
});

test('a start that only starts members, what they leave or a tool leads to the members', async () => {
  const starts = [
    'nx serve',
    'turbo run start',
    'npm run wizard',
    'pnpm -r start',
    'http-server apps/web/dist -p 3000',
    'pnpm --filter web dev',
  ];
  for (const start of starts) {
    const top = aPackage({ workspaces: ['apps/*', 'packages/*'], scripts: { start, wizard: 'node scripts/wizard.js' } });
    const web = aPackage({
      name: 'web',
      scripts: { dev: 'next dev', build: 'next build', start: 'next start' },
      dependencies: { next: '15' },
    });
    const lib = aPackage({ scripts: { start: 'jest --watch' } });
    const files = { 'package.json': top, 'apps/web/package.json': web, 'apps/api/package.json': next, 'packages/lib/package.json': lib };

    assert.deepEqual(await rootOf(files), ['apps/api', 'apps/web'], start);
    assert.equal((await analyzeTree(aTree(files))).startCommand, undefined);
  }
});

test('a start of the top that serves stays the answer in a workspace', async () => {
  for (const start of ['node server.js', 'node bin/www', 'yarn workspace web start', 'npm -w web start', 'turbo run start --filter=web']) {
    const top = aPackage({ workspaces: ['apps/*'], scripts: { start } });
    const web = aPackage({ name: 'web', scripts: { build: 'next build', start: 'next start' }, dependencies: { next: '15' } });

    assert.equal(await rootOf({ 'package.json': top, 'apps/web/package.json': web }), '. (root-top)', start);
  }
});

test('libraries, programs for the command line and mails are no applications beside one', async () => {
  const ui = aPackage({ scripts: { build: 'tsup' }, devDependencies: { next: '15', tsup: '8' } });
  const cli = aPackage({ bin: { x: './dist/index.js' }, scripts: { build: 'tsup', start: 'node dist/index.js' } });
  const mails = aPackage({ scripts: { dev: 'email dev', build: 'email build', start: 'email start' } });
  const members = { 'pkg/ui/package.json': ui, 'pkg/cli/package.json': cli, 'pkg/mails/package.json': mails };

  assert.equal(
    await rootOf({ 'package.json': aPackage({ workspaces: ['pkg/*', 'web'] }), ...members, 'web/package.json': next }),
    'web (root-only-application)',
  );
});

test('a program of Gradle whose start is unknown is asked for beside its pages', async () => {
  const gradle = "plugins { id 'org.springframework.boot' }\nbuildDir = 'out'\n";

  assert.deepEqual(await rootOf({ 'build.gradle': gradle, 'src/main/java/Shop.java': '', 'frontend/package.json': next }), [
    '.',
    'frontend',
  ]);
});

test('the modules of Maven that are shared do not make the top a program', async () => {
  const spring = '<dependency><groupId>org.springframework.boot</groupId></dependency>';
  const module = (more: string): string => `<project><artifactId>x</artifactId><version>1</version>${more}</project>`;
  const files = {
    'pom.xml': `<project><packaging>pom</packaging><modules><module>core</module><module>web</module></modules>${spring}</project>`,
    'core/pom.xml': module(''),
    ...code('core/src/main/java', 'java'),
    'web/pom.xml': module(`${spring}<build><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></build>`),
    'web/src/main/java/WebApplication.java': '',
  };

  assert.equal(await rootOf(files), 'web (root-only-application)');
});

test('a framework among the dependencies of a top that builds its members is none of the top', async () => {
  const top = aPackage({ workspaces: ['apps/*'], scripts: { build: 'turbo run build' }, dependencies: { next: '15' } });

  assert.equal(await rootOf({ 'package.json': top, 'apps/web/package.json': next }), 'apps/web (root-only-application)');
  assert.equal(
    await rootOf({ 'package.json': next, 'pnpm-workspace.yaml': 'packages: [lib]\n', 'lib/package.json': next }),
    '. (root-top)',
  );
});

test('what a platform calls is no application beside one', async () => {
  const worker = {
    'worker/package.json': aPackage({ dependencies: { hono: '4' } }),
    'worker/src/index.ts': 'export default new Hono();\n',
  };

  assert.equal(await rootOf({ ...worker, 'web/package.json': next }), 'web (root-only-application)');
});
