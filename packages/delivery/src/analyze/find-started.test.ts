import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

test('an option of the script start says where that listens, not where another command does', async () => {
  const files = { 'package.json': aPackage({ scripts: { start: 'next start --port 4002' }, dependencies: { next: '15' } }) };
  const portOf = async (more: Readonly<Record<string, string>>) => (await analyzeTree(aTree({ ...files, ...more }))).port?.value;

  assert.equal(await portOf({}), 4002);
  assert.equal(await portOf({ Procfile: 'web: npm start\n' }), 4002);
  assert.equal(await portOf({ Procfile: 'web: next start\n' }), 3000);
  assert.equal(await portOf({ Dockerfile: 'FROM node\nCMD ["node", "server.js"]\n' }), 3000);
  assert.equal(await portOf({ Procfile: 'web: next start -p 5000\n' }), 5000);
});

test('an option of what a Dockerfile or a Procfile starts is the port', async () => {
  const portOf = async (start: string) => (await analyzeTree(aTree({ Dockerfile: `FROM x\n${start}\n` }))).port?.value;

  assert.equal(await portOf('ENTRYPOINT ["./serve", "--port=80"]'), 80);
  assert.equal(await portOf('CMD ["./serve", "-p", "8081"]'), 8081);
  assert.equal(await portOf('CMD ./serve --listen :5678'), 5678);
  assert.equal(await portOf('CMD ["php", "-S", "0.0.0.0:8088", "-t", "public"]'), 8088);
  assert.equal(await portOf('CMD PORT=9001 ./serve'), 9001);
  assert.equal(await portOf('CMD ./serve --port $PORT --db-port 5432 --metrics-port=9090'), undefined);
  assert.equal(await portOf('CMD ./serve --inspect=0.0.0.0:9229'), undefined);
});

test('a port of the example of variables is told where code reads the variable', async () => {
  const portOf = async (code: string) =>
    (
      await analyzeTree(
        aTree({ 'go.mod': 'module x\n', 'main.go': `package main\n\nfunc main() { ${code} }\n`, '.env.example': 'SERVER_PORT=5000\n' }),
      )
    ).port?.value;

  assert.equal(await portOf('listen(os.Getenv("SERVER_PORT"))'), 5000);
  assert.equal(await portOf('listen(1)'), undefined);
});
