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
