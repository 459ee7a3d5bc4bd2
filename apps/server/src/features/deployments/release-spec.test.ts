import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRunSpec, holdToLimits, listLowered } from './release-spec.ts';

const limits = { maxCpuMillisPerDeployment: 500, maxMemoryBytesPerDeployment: 256 * 2 ** 20 } as Parameters<
  typeof buildRunSpec
>[2]['limits'];
const built = { commands: { start: 'true' }, port: 'assigned', background: [], resources: { cpu: '1', memory: '512Mi' } } as const;

test('what is only estimated is held to the limits of the service, and that is told', () => {
  const spec = buildRunSpec(built, {}, { limits });

  assert.deepEqual(spec.limits, { cpuMillis: 500, memoryBytes: 256 * 2 ** 20 });
  assert.deepEqual(listLowered(spec, built, {}), [
    'It probably wants 1 of a processor, and is given 500m, which is the limit of this service.',
    'It probably wants 512Mi of memory, and is given 256Mi, which is the limit of this service.',
  ]);
});

test('what the configuration says, and what is within the limits, is not told', () => {
  const config = { application: { resources: { cpu: '100m', memory: '64Mi' } } };

  assert.deepEqual(listLowered(buildRunSpec(built, config, { limits }), built, config), []);
  const small = { ...built, resources: { cpu: '100m', memory: '64Mi' } };
  assert.deepEqual(listLowered(buildRunSpec(small, {}, { limits }), small, {}), []);
});

test('a release of before without any share of processors is given what one may have', () => {
  const spec = buildRunSpec(built, {}, { limits });

  assert.equal(holdToLimits({ ...spec, limits: { ...spec.limits, cpuMillis: 0 } }, { limits }).limits.cpuMillis, 500);
});

test('a smoke test asks for what its settings say, and for nothing that they do not', () => {
  const settings = [{ path: '/' }, { path: '/login', method: 'HEAD', status: 302, body_includes: 'Sign in', latency_ms: 500 }] as const;

  assert.deepEqual(buildRunSpec(built, { application: { smoke_tests: [...settings] } }, { limits }).smoke, [
    { path: '/' },
    { path: '/login', method: 'HEAD', status: 302, bodyIncludes: 'Sign in', latencyMs: 500 },
  ]);
});
