import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase, vite } from '../../../test/recognition-case.ts';
import { analyzeTree } from '../analyze-tree.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'pages without a build': {
    files: { 'index.html': '', 'style.css': '' },
    expected: { language: 'static', staticOutput: '.', startCommand: undefined },
  },
  'a Staticfile': {
    files: { Staticfile: 'root: htdocs\n', 'htdocs/index.html': '' },
    expected: { language: 'static', staticOutput: 'htdocs' },
  },
  'a page that a build begins with in a folder': {
    files: { 'package.json': aPackage({ devDependencies: { prettier: '3' } }), 'site/index.html': '', 'site/package.json': aPackage(vite) },
    expected: { language: 'node', framework: 'vite', buildCommand: 'npm run build', staticOutput: 'dist' },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}

test('a site of Hugo is told by its settings and its folders, and that it needs the program', async () => {
  const now = { 'hugo.toml': 'publishDir = "out"\n', 'content/a.md': '' };
  const before = { 'config.toml': 'baseURL = "https://example.org/"\n', 'content/a.md': '', 'themes/x/theme.toml': '' };
  const zola = { 'config.toml': 'base_url = "https://example.org"\ntitle = "x"\n', 'content/a.md': '', 'themes/x/theme.toml': '' };

  const [first, second, other] = await Promise.all([now, before, zola].map((files) => analyzeTree(aTree(files))));

  assert.deepEqual([first!.buildCommand?.value, first!.staticOutput?.value], ['hugo --minify', 'out']);
  assert.deepEqual([second!.framework?.value, second!.staticOutput?.value], ['hugo', 'public']);
  assert.match(second!.notes[0]!.message, /needs the program `hugo`/);
  assert.equal(other!.language, undefined);
});

test('netlify.toml names the files of a build where nothing else does', async () => {
  const settings = { 'netlify.toml': '[build]\npublish = "dist"\n' };
  const build = { scripts: { build: 'vite-ssg build' } };

  const [hint, none] = await Promise.all(
    [build, { scripts: { ...build.scripts, start: 'node server.js' } }].map((fields) =>
      analyzeTree(aTree({ ...settings, 'package.json': aPackage(fields) })),
    ),
  );

  assert.deepEqual([hint!.staticOutput?.value, hint!.staticOutput?.rule], ['dist', 'netlify-publish']);
  assert.deepEqual([none!.staticOutput, none!.startCommand?.value], [undefined, 'npm run start']);
});

test('netlify.toml says how its files are built where no script does', async () => {
  const buildOf = async (command: string, fields: object): Promise<unknown[]> => {
    const settings = `[build]\npublish = "docs/.site/"\ncommand = "${command}"\n`;
    const { buildCommand, staticOutput } = await analyzeTree(
      aTree({ 'netlify.toml': settings, 'package.json': aPackage({ dependencies: { marked: '1' }, ...fields }) }),
    );
    return [buildCommand?.value, staticOutput?.value];
  };

  assert.deepEqual(await buildOf('npm run site && ls', { scripts: { site: 'node site.js' } }), ['npm run site && ls', 'docs/.site']);
  assert.deepEqual(await buildOf('npm run site', { scripts: { build: 'node site.js' } }), ['npm run build', 'docs/.site']);
  assert.deepEqual(await buildOf('npm run site', { scripts: { start: 'node server.js' } }), [undefined, undefined]);
  assert.deepEqual(await buildOf('# none', {}), [undefined, undefined]);
});

test('pages that a Procfile has Python serve are served as files', async () => {
  const page = { 'index.html': '<p>', 'site/index.html': '<p>' };
  const outputOf = async (web: string): Promise<string | undefined> =>
    (await analyzeTree(aTree({ ...page, Procfile: `web: ${web}\n` }))).staticOutput?.value;

  assert.equal(await outputOf('python -m SimpleHTTPServer $PORT'), '.');
  assert.equal(await outputOf('cd site && python3 -m http.server $PORT'), 'site');
  assert.equal(await outputOf('python3 -m http.server --directory site $PORT'), 'site');
  assert.equal(await outputOf('python3 server.py'), undefined);
});
