import { EgressError } from '@deployguard/egress';
import { DeliveryError } from '../delivery-error.ts';
import type { Instance } from '../targets/target.ts';
import { request } from './ask-instance.ts';
import { describeFault } from './describe-fault.ts';
import type { SmokeTest } from './release.ts';

const longestWaitMs = 30_000;

/** Asks what users would ask. @throws {DeliveryError} SMOKE_FAILED with the first answer that is not as expected. */
export async function runSmokeTests(
  instance: Instance,
  tests: readonly SmokeTest[],
  options: { readonly hostName: string; readonly signal: AbortSignal },
): Promise<void> {
  for (const test of tests) {
    const fault = await findFault(instance, test, options);
    if (fault !== undefined) throw new DeliveryError('SMOKE_FAILED', `Smoke test ${test.method ?? 'GET'} ${test.path}: ${fault}.`);
  }
}

async function findFault(
  instance: Instance,
  test: SmokeTest,
  { hostName, signal }: { readonly hostName: string; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { path, method = 'GET', status = 200, bodyIncludes, latencyMs } = test;
  const start = performance.now();
  let response: Response;
  let body: string;
  try {
    response = await request(instance.address, { path, method, hostName, timeoutMs: longestWaitMs, signal });
    body = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EgressError && error.code === 'RESPONSE_TOO_LARGE') return 'the answer is larger than 1 MiB';
    if (error instanceof EgressError && error.code === 'TIMED_OUT') return `no whole answer within ${longestWaitMs / 1000} seconds`;
    return `it ${describeFault(error) ?? 'takes no connections'}`;
  }
  const took = Math.round(performance.now() - start);
  if (response.status !== status) return `status ${response.status} instead of ${status}`;
  if (bodyIncludes !== undefined && !body.includes(bodyIncludes)) return `the answer does not contain ${JSON.stringify(bodyIncludes)}`;
  if (latencyMs !== undefined && took > latencyMs) return `the answer took ${took} ms, ${latencyMs} ms are allowed`;
  return undefined;
}
