import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';
import { findStartedLanguage } from './started-language.ts';

const both = { 'package.json': aPackage({ scripts: { build: 'webpack' } }), 'requirements.txt': 'falcon\n' };
const languageOf = async (files: Readonly<Record<string, string>>): Promise<string | undefined> =>
  (await analyzeTree(aTree(files))).language?.value;

test('a Dockerfile says the language by what it starts, else by what its last stage is made from', async () => {
  const started = 'FROM node:22 AS assets\nFROM registry.example/base\nCMD ["uvicorn", "shop.asgi:app"]\n';
  const based = 'FROM node:22 AS assets\nFROM docker.io/library/python:3.12-slim@sha256:00\nCMD ["/entrypoint.sh", "serve"]\n';

  assert.equal(await languageOf({ ...both, Dockerfile: started }), 'python');
  assert.equal(await languageOf({ ...both, Dockerfile: based }), 'python');
  assert.equal(await languageOf({ ...both, Dockerfile: 'FROM python:3.12 AS x\nFROM node:22\nCMD ["/start"]\n' }), 'node');
  assert.equal(await languageOf({ Dockerfile: 'FROM node:22\nCOPY backend/package.json .\n', 'public/index.html': '' }), 'node');
  assert.equal(await languageOf({ 'index.html': '', Dockerfile: 'FROM nginx\n' }), 'static');
});

test('a command says its language through what wraps it', () => {
  const python = [
    'ddtrace-run python -m gunicorn.app.wsgiapp shop.wsgi',
    'newrelic-admin run-program gunicorn shop.wsgi',
    'NAME=x opentelemetry-instrument --traces_exporter console python app.py',
    "sh -c 'exec gunicorn shop.wsgi'",
    'tini -g -- /entrypoint.sh uvicorn shop:app',
  ];
  const node = ['doppler run --project shop -- node a.js', 'infisical run --env=prod -- npm start', 'dotenv -e .env -- node a.js'];

  assert.deepEqual(new Set(python.map(findStartedLanguage)), new Set(['python']));
  assert.deepEqual(new Set(node.map(findStartedLanguage)), new Set(['node']));
  assert.equal(findStartedLanguage('bundle exec puma'), 'ruby');
  assert.equal(findStartedLanguage('/app/server node'), undefined);
});

test('a manifest that only names what developers use does not compete', async () => {
  const tools = aPackage({ scripts: { release: 'release-it' }, devDependencies: { 'release-it': '19' } });

  assert.equal(await languageOf({ 'package.json': tools, 'requirements.txt': 'falcon\n' }), 'python');
});

test('the question for a language does not ask for what is there', async () => {
  const [unsaid, silent] = await Promise.all(
    [both, { ...both, Dockerfile: 'FROM alpine\nCMD ["/start"]\n' }].map((files) => analyzeTree(aTree(files))),
  );

  assert.match(unsaid!.ambiguities[0]!.message, /A Procfile or a Dockerfile would say which/);
  assert.doesNotMatch(silent!.ambiguities[0]!.message, /would say/);
});

test('where there is nothing else, a Procfile says the language', async () => {
  assert.equal(await languageOf({ Procfile: 'web: python3 web.py\n', 'web.py': '' }), 'python');
  assert.equal(await languageOf({ Procfile: 'web: ./server\n' }), undefined);
});
