import { createCheckedFetch, createEgressPolicy, EgressError } from '@deployguard/egress';
import type { Address } from '../targets/target.ts';
import { describeFault } from './describe-fault.ts';

export interface Question {
  /** Without one, `/` is asked for, and healthy is whoever speaks HTTP and has no error of its own (5xx). */
  readonly path?: string;
  readonly method?: 'GET' | 'HEAD';
  readonly hostName: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HealthAnswer {
  readonly isHealthy: boolean;
  /** Nobody took the connection. */
  readonly isRefused?: true;
  readonly finding: string;
}

/** One question to an instance, and whether the answer is a healthy one. */
export async function ask({ host, port }: Address, question: Question): Promise<HealthAnswer> {
  const { path = '/' } = question;
  try {
    const response = await request({ host, port }, { ...question, path });
    await response.body?.cancel();
    const { status } = response;
    const limit = question.path === undefined ? 500 : 400;
    return { isHealthy: status >= 200 && status < limit, finding: `${path} answers with status ${status}` };
  } catch (error) {
    return { isHealthy: false, ...explain(error, question) };
  }
}

/** An HTTP request to an instance, and to nobody else: redirects are answers. */
export async function request({ host, port }: Address, question: Question & { readonly path: string }): Promise<Response> {
  const { path, method = 'GET', hostName, timeoutMs, signal } = question;
  const policy = createEgressPolicy({ allowHosts: [host] });
  const fetch = createCheckedFetch({ policy, timeoutSeconds: timeoutMs / 1000, hostHeader: hostName });
  const authority = host.includes(':') ? `[${host}]` : host;
  // A path that begins with two slashes would be another host's as a reference to be resolved.
  return await fetch(`http://${authority}:${port}${path}`, {
    method,
    headers: { 'user-agent': 'deployguard-probe', accept: '*/*' },
    signal,
  });
}

function explain(
  error: unknown,
  { path = 'it', timeoutMs, signal }: Pick<Question, 'path' | 'timeoutMs' | 'signal'>,
): Pick<HealthAnswer, 'finding' | 'isRefused'> {
  if (signal.aborted) throw signal.reason;
  if (error instanceof EgressError && error.code === 'TIMED_OUT') return { finding: `${path} does not answer within ${timeoutMs} ms` };
  const fault = describeFault(error);
  if (fault !== undefined) return { finding: `${path} ${fault}` };
  const finding = path === 'it' ? 'it takes no connections' : `${path} cannot be asked, nothing takes the connection`;
  return { finding, isRefused: true };
}
