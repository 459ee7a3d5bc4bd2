import { Agent, request } from 'node:http';

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** The host name that is asked for. */
  readonly name: string;
  readonly perSecond: number;
}

export interface Load {
  /** Sends no more, waits for what is under way, and tells how often each answer came. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

const tickMs = 10;

/** Users who come at a fixed rate, whether those before them have their answers or not: what is slow is not asked less often. */
export function startLoad({ host, port, name, perSecond }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true });
  const answers = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let sent = 0;

  const ask = (): Promise<string> =>
    new Promise((resolve) => {
      request({ host, port, agent, headers: { host: name }, timeout: 30_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(`${response.statusCode} ${text}`)).on('error', (error) => resolve(String(error)));
      })
        .on('timeout', () => resolve('no answer'))
        .on('error', (error) => resolve(String(error)))
        .end();
    });
  const count = async (): Promise<void> => {
    const answer = await ask();
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  const timer = setInterval(() => {
    for (const due = ((performance.now() - startedAt) / 1000) * perSecond; sent < due; sent++) {
      const asking = count().finally(() => underWay.delete(asking));
      underWay.add(asking);
    }
  }, tickMs);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      return answers;
    },
  };
}
