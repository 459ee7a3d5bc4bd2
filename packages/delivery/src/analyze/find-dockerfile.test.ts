import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

const cases: Readonly<Record<string, { dockerfile: string; port?: number; start?: string }>> = {
  'a stage has what the stage has that it is made from': {
    dockerfile:
      'FROM node AS base\nENV PORT=4000\nEXPOSE $PORT\nENTRYPOINT ["node"]\nCMD ["app.js"]\nFROM other AS build\nCMD no\nFROM base\nRUN x\n',
    port: 4000,
    start: 'node app.js',
  },
  'an entry point of its own takes away the command that a stage inherits': {
    dockerfile: 'FROM node AS Base\nCMD ["app.js"]\nFROM base AS prod\nENTRYPOINT ["./run"]\n',
    start: './run',
  },
  'a command of its own keeps the entry point that a stage inherits': {
    dockerfile: 'FROM node AS base\nENTRYPOINT ["node"]\nCMD ["a.js"]\nFROM base\nCMD ["b.js"]\n',
    start: 'node b.js',
  },
  'the variable is the port when none is exposed': {
    dockerfile: 'FROM node\nENV NODE_ENV=production PORT="8080"\nCMD ["x"]\n',
    port: 8080,
    start: 'x',
  },
  'the variable says which of several ports is meant': {
    dockerfile: 'FROM node\nEXPOSE 9229 8080\nENV PORT 8080\nCMD ["x"]\n',
    port: 8080,
    start: 'x',
  },
  'an argument is no variable when it runs': {
    dockerfile: 'FROM node\nARG PORT=1234\nCMD ["x"]\n',
    start: 'x',
  },
  'a line for a shell as the entry point takes no command': {
    dockerfile: 'FROM alpine\nENTRYPOINT ./run.sh --all\nCMD ["x"]\n',
    start: './run.sh --all',
  },
  'a line for a shell takes of the command what it names': {
    dockerfile: 'FROM alpine\nENTRYPOINT /entry.sh $0 "$@"\nCMD ["gunicorn", "--log-file=-", "app:api"]\n',
    port: 8000,
    start: '/entry.sh gunicorn --log-file=- app:api',
  },
  'a stage whose name an argument completes': {
    dockerfile:
      'ARG BASE="fpm"\nFROM php:fpm AS fpm-base\nEXPOSE 9000\nFROM php:apache AS apache-base\nFROM ${BASE}-base AS base\nCMD ["x"]\n',
    port: 9000,
    start: 'x',
  },
  'an image that serves by itself': { dockerfile: 'ARG V=1\nFROM docker.io/nginx:${V}-alpine\nCOPY a b\n', port: 80 },
  'an image that serves by itself without rights': { dockerfile: 'FROM serversideup/php:8.3-fpm-nginx AS base\nFROM base\n', port: 8080 },
  'a variant that serves nothing': { dockerfile: 'FROM php:8.3-cli\n' },
  'a server that is started by its program': {
    dockerfile: 'FROM php:8.3-apache\nCMD ["apache2-foreground"]\n',
    port: 80,
    start: 'apache2-foreground',
  },
  'lines of a here-document are no instructions': {
    dockerfile: 'FROM node\nCMD ["x"]\nRUN <<EOF cat > y\nCMD ["y"]\nEXPOSE 1\nEOF\nEXPOSE 3000\n',
    port: 3000,
    start: 'x',
  },
  'what only looks like a here-document ends nowhere': {
    dockerfile: 'FROM node\nRUN echo $((1 <<SHIFT))\nCMD ["x"]\n',
    start: 'x',
  },
};

for (const [name, { dockerfile, port, start }] of Object.entries(cases)) {
  test(name, async () => {
    const analysis = await analyzeTree(aTree({ Dockerfile: dockerfile }));

    assert.deepEqual([analysis.port?.value, analysis.startCommand?.value], [port, start]);
  });
}

test('where a Dockerfile starts nothing, the compose file says what is started, else the language does with doubt', async () => {
  const files = { Dockerfile: 'FROM node\nCOPY . .\n', 'package.json': aPackage({ scripts: { start: 'node a.js' } }) };
  const compose = (command: string) => `services:\n  web:\n    build: { context: . }\n    command: ${command}\n`;

  const [named, development, none] = await Promise.all([
    analyzeTree(aTree({ ...files, 'compose.yaml': compose('["node", "b.js"]') })),
    analyzeTree(aTree({ ...files, 'compose.yaml': compose('npm run dev') })),
    analyzeTree(aTree(files)),
  ]);

  assert.deepEqual([named.startCommand?.value, named.startCommand?.rule], ['node b.js', 'compose-command']);
  for (const { startCommand, notes } of [development, none]) {
    assert.deepEqual([startCommand?.value, startCommand?.confidence], ['npm run start', 'low']);
    assert.match(notes.map(({ message }) => message).join('\n'), /It starts nothing itself/);
  }
});

test('what a compose file gives an entry point are its arguments; one word that is no program is none', async () => {
  const compose = (command: string) => `services:\n  web:\n    build: { context: ., dockerfile: ./Dockerfile }\n    command: ${command}\n`;

  const [given, shell, argument] = await Promise.all([
    analyzeTree(aTree({ Dockerfile: 'FROM python\nENTRYPOINT ["/entry.sh"]\n', 'compose.yaml': compose('["start", "8000"]') })),
    analyzeTree(aTree({ Dockerfile: 'FROM python\nENTRYPOINT /entry.sh\n', 'compose.yaml': compose('["start", "8000"]') })),
    analyzeTree(aTree({ Dockerfile: 'FROM someone/hugo\n', 'compose.yaml': compose('server') })),
  ]);

  assert.deepEqual(
    [given, shell, argument].map(({ startCommand }) => startCommand?.value),
    ['/entry.sh start 8000', '/entry.sh', undefined],
  );
});

test('pages in an image that serves by itself have no other start; where it is not built, theirs counts', async () => {
  const files = {
    'package.json': aPackage({ scripts: { build: 'vite build', start: 'node x.js' }, devDependencies: { vite: '7' } }),
    'index.html': '',
    Dockerfile: 'FROM node AS build\nFROM nginx:stable\nCOPY --from=build dist /usr/share/nginx/html\n',
  };

  const [built, other] = await Promise.all([analyzeTree(aTree(files)), analyzeTree(aTree(files), { isImageBuilt: false })]);

  assert.deepEqual([built.startCommand, built.port?.value, built.notes], [undefined, 80, []]);
  assert.notEqual(other.startCommand?.value ?? other.staticOutput?.value, undefined);
  assert.notEqual(other.port?.value, 80);
});

test('a last stage for developers is told beside one for users', async () => {
  const notesOf = async (...stages: string[]) => {
    const { notes } = await analyzeTree(aTree({ Dockerfile: stages.map((name) => `FROM alpine AS ${name}\n`).join('') }));
    return notes.map(({ message }) => message).join('\n');
  };

  assert.match(await notesOf('shop_prod', 'shop_migrations_dev'), /`shop_migrations_dev`. If `shop_prod` is for users/);
  assert.match(await notesOf('runtime', 'runtime-dev'), /`runtime-dev`. If `runtime`/);
  assert.equal(await notesOf('build', 'dev'), '');
  assert.equal(await notesOf('dev', 'prod'), '');
});

test('a default of a framework holds for what its language starts, not for another program of the image', async () => {
  const portOf = async (files: Readonly<Record<string, string>>, command: string) => {
    const { port } = await analyzeTree(aTree({ ...files, Dockerfile: `FROM x\nCMD ${command}\n` }));
    return port?.value;
  };
  const next = { 'package.json': aPackage({ scripts: { start: 'next start' }, dependencies: { next: '15' } }) };
  const flask = { 'requirements.txt': 'flask\n', 'app.py': 'app = Flask(__name__)\n' };

  assert.equal(await portOf(next, 'npm start'), 3000);
  assert.equal(await portOf(next, '["forego", "start"]'), undefined);
  assert.equal(await portOf(flask, '["flask", "run", "--host=0.0.0.0"]'), 5000);
  assert.equal(await portOf(flask, './entrypoint.sh'), undefined);
});

test('a migration in the image of a Dockerfile is the one that is there', async () => {
  const files = {
    'mix.exs': 'def project, do: [app: :shop]\n{:phoenix, "~> 1.7"}\n',
    'lib/shop/release.ex': '',
    'priv/repo/migrations/1_a.exs': '',
  };
  const Dockerfile = 'FROM elixir AS build\nFROM debian\nCMD ["/app/bin/server"]\n';

  const analyses = await Promise.all([
    analyzeTree(aTree(files)),
    analyzeTree(aTree({ ...files, Dockerfile })),
    analyzeTree(aTree({ ...files, Dockerfile, 'rel/overlays/bin/migrate': '' })),
  ]);

  assert.deepEqual(
    analyses.map(({ releaseCommand }) => releaseCommand?.value),
    ['_build/prod/rel/shop/bin/shop eval "Shop.Release.migrate"', undefined, 'bin/migrate'],
  );
});
