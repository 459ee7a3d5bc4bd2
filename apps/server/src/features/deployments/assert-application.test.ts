import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeTree } from '@deployguard/delivery';
import { assertApplication } from './assert-application.ts';

async function judge(files: Readonly<Record<string, string>>, config = {}): Promise<string> {
  const tree = {
    paths: Object.keys(files),
    links: [],
    read: async (paths: readonly string[]) =>
      new Map(paths.filter((path) => path in files).map((path) => [path, Buffer.from(files[path]!)])),
  };
  try {
    assertApplication(tree.paths, await analyzeTree(tree), config);
    return 'fine';
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code} ${message}`;
  }
}

test('a commit without an application is refused with what is there instead', async () => {
  const compose = 'services: { web: { build: ./web }, db: { image: postgres:17 } }\n';

  assert.match(await judge({}), /^NOTHING_TO_START There is no application: the commit holds no files\./);
  assert.match(await judge({ 'README.md': '# x\n' }), /^NOTHING_TO_START There is no application: no file says/);
  assert.match(await judge({ 'compose.yaml': compose }), /^NOTHING_TO_START compose\.yaml is not run here\. Deploy each/);
  assert.match(await judge({ 'docker-compose.yml': compose }), /^NOTHING_TO_START docker-compose\.yml is not run/);
});

test('what may be one is left to those who build', async () => {
  const start = { application: { start_command: 'sh run.sh' } };

  assert.equal(await judge({ 'README.md': '# x\n' }, start), 'fine');
  assert.equal(await judge({ Dockerfile: 'FROM alpine\nCMD ["true"]\n' }), 'fine');
  assert.equal(await judge({ 'package.json': '{"name":"x"}' }), 'fine');
});
