import assert from 'node:assert/strict';
import test from 'node:test';
import { aPackage, aTree } from '../../test/a-tree.ts';
import { analyzeTree } from './analyze-tree.ts';

const cases: Readonly<Record<string, { dockerfile: string; expected: readonly [path: string | undefined, port: number | undefined] }>> = {
  'an address with a variable for its port': {
    dockerfile:
      'FROM node\nHEALTHCHECK --interval=1m CMD wget -qO- "http://localhost:${PORT:-3000}/_health" | grep OK || exit 1\nEXPOSE 3000\n',
    expected: ['/_health', 3000],
  },
  'of several ports the one that is asked, never that of a shell': {
    dockerfile:
      'FROM alpine\nEXPOSE 22 9100 3000\nHEALTHCHECK CMD (curl --noproxy localhost -sS http://localhost:3000/healthcheck) || exit 1\n',
    expected: ['/healthcheck', 3000],
  },
  'a list of words, whatever the path is called': {
    dockerfile: 'FROM alpine\nEXPOSE 8080\nHEALTHCHECK CMD ["wget", "--spider", "http://127.0.0.1:8080/api/v1/hello?deep=1"]\n',
    expected: ['/api/v1/hello', 8080],
  },
  'the port alone': { dockerfile: 'FROM alpine\nHEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1\n', expected: [undefined, 8000] },
  'another server of the image': {
    dockerfile: 'FROM alpine\nEXPOSE 8080\nHEALTHCHECK CMD curl -f http://localhost:2019/config/\n',
    expected: [undefined, 8080],
  },
  'what counts the application': {
    dockerfile: 'FROM alpine\nHEALTHCHECK CMD curl http://localhost:2019/metrics\n',
    expected: [undefined, undefined],
  },
  'a path that is not known': {
    dockerfile: 'FROM alpine\nEXPOSE 80\nHEALTHCHECK CMD curl http://[::1]/${PREFIX}/health\n',
    expected: [undefined, 80],
  },
  'another machine': { dockerfile: 'FROM alpine\nHEALTHCHECK CMD curl https://example.org/health\n', expected: [undefined, undefined] },
  'none any more': {
    dockerfile: 'FROM alpine AS base\nHEALTHCHECK CMD curl http://localhost/up\nFROM base\nHEALTHCHECK NONE\n',
    expected: [undefined, undefined],
  },
};

for (const [name, { dockerfile, expected }] of Object.entries(cases)) {
  test(`HEALTHCHECK: ${name}`, async () => {
    const { healthPath, port } = await analyzeTree(aTree({ Dockerfile: `${dockerfile}CMD ["./x"]\n` }));

    assert.deepEqual([healthPath?.value, port?.value], expected);
  });
}

test('a compose file says what is asked of the service that is built here, or of the image of the project', async () => {
  const probe = (path: string) => `    healthcheck:\n      test: ["CMD-SHELL", "curl -f http://localhost:3333${path}"]\n`;
  const analyze = (file: string, services: string) =>
    analyzeTree(aTree({ 'package.json': aPackage({ name: '@shop/shop' }), Dockerfile: 'FROM node\n', [file]: `services:\n${services}` }));

  const analyses = await Promise.all([
    analyze('compose.yaml', `  web:\n    build: { target: prod }\n${probe('/api/service/health')}`),
    analyze('docker/docker-compose.yml', `  web:\n    image: ghcr.io/shop/shop:latest\n${probe('/api/v1/health')}`),
    analyze('compose.yaml', `  search:\n    image: search\n${probe('/health')}`),
    analyze('compose.yaml', `  web:\n    build: .\n${probe('/a')}  worker:\n    build: .\n${probe('/b')}`),
  ]);

  assert.deepEqual(
    analyses.map(({ healthPath }) => healthPath && [healthPath.value, healthPath.confidence]),
    [['/api/service/health', 'medium'], ['/api/v1/health', 'medium'], undefined, undefined],
  );
});
