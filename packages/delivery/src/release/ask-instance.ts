import { connectChecked, createCheckedFetch, createEgressPolicy, EgressError } from '@deployguard/egress';
import type { Address } from '../targets/target.ts';

export interface Question {
  /** Without one, a TCP connection is the question. */
  readonly path?: string;
  readonly method?: 'GET' | 'HEAD';
  readonly hostName: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HealthAnswer {
  readonly isHealthy: boolean;
  readonly finding: string;
}

/** One question to an instance, and whether the answer is a healthy one. */
export async function ask({ host, port }: Address, question: Question): Promise<HealthAnswer> {
  if (question.path === undefined) return askForConnection({ host, port }, question);
  try {
    const response = await request({ host, port }, { ...question, path: question.path });
    await response.body?.cancel();
    const { status } = response;
    return { isHealthy: status >= 200 && status < 400, finding: `${question.path} answers with status ${status}` };
  } catch (error) {
    return { isHealthy: false, finding: explain(error, question) };
  }
}

/** An HTTP request to an instance, and to nobody else: redirects are answers. */
export async function request({ host, port }: Address, question: Question & { readonly path: string }): Promise<Response> {
  const { path, method = 'GET', hostName, timeoutMs, signal } = question;
  const policy = createEgressPolicy({ allowHosts: [host] });
  const fetch = createCheckedFetch({ policy, timeoutSeconds: timeoutMs / 1000 });
  const authority = host.includes(':') ? `[${host}]` : host;
  return await fetch(new URL(path, `http://${authority}:${port}`), {
    method,
    headers: { host: hostName, 'user-agent': 'deployguard-probe', accept: '*/*' },
    signal,
  });
}

async function askForConnection({ host, port }: Address, { timeoutMs, signal }: Question): Promise<HealthAnswer> {
  try {
    const socket = await connectChecked(createEgressPolicy({ allowHosts: [host] }), host, port, {
      timeoutSeconds: timeoutMs / 1000,
      signal,
    });
    socket.destroy();
    return { isHealthy: true, finding: 'it takes connections' };
  } catch (error) {
    return { isHealthy: false, finding: explain(error, { timeoutMs, signal }) };
  }
}

function explain(
  error: unknown,
  { path, timeoutMs, signal }: { path?: string | undefined; timeoutMs: number; signal: AbortSignal },
): string {
  if (signal.aborted) throw signal.reason;
  if (error instanceof EgressError && error.code === 'TIMED_OUT') return `${path ?? 'it'} does not answer within ${timeoutMs} ms`;
  return path === undefined ? 'it takes no connections' : `${path} cannot be asked, nothing takes the connection`;
}
