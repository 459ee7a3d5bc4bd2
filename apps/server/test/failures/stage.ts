import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Deployment } from '@deployguard/contracts';
import { anApplication, quickly } from '../an-application.ts';
import type { DeploymentsService } from '../start-deployments-service.ts';

export type Status = Deployment['status'];

/** Where something goes wrong: the application `steady`, whose release `good` its users have. */
export interface Stage {
  readonly service: DeploymentsService;
  /** How long a release has to be watched for a user to come meanwhile, on any machine. */
  readonly observeSeconds: number;
  /** Has the release serve again, once. */
  restore(): Promise<void>;
  /** Default: `steady`. */
  deploy(files: Readonly<Record<string, string>>, config?: Readonly<Record<string, unknown>>, application?: string): Promise<string>;
  cancel(id: string): Promise<void>;
  findApplication(name?: string): Promise<Application | undefined>;
  /** Waits until the deployment is in this state and step. Throws when the state is passed over: what was to happen in it would happen later. */
  reach(id: string, state: Status, step?: string): Promise<void>;
  /** Waits until it has come to an end, however, and nothing is under way. */
  end(id: string, application?: string): Promise<Deployment>;
  /** Has what `begin` asks for done by a worker that is killed as soon as it is so far; another one goes on. */
  loseWorker(begin: () => Promise<string>, soFar: (id: string) => Promise<void>): Promise<string>;
  /** Users who ask again and again; `stop` tells what each of them got. */
  askAllTheTime(application?: string): { stop(): Promise<readonly string[]> };
}

const ends: readonly Status[] = ['EXPOSED', 'STOPPED', 'FAILED', 'CANCELLED', 'ROLLED_BACK', 'ROLLBACK_FAILED'];
const order: readonly Status[] = ['QUEUED', 'ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY', 'ROLLING_BACK', ...ends];

export function setStage(service: DeploymentsService, observeSeconds: number): Stage {
  const stage: Stage = {
    service,
    observeSeconds,
    async restore() {
      const application = await stage.findApplication();
      if ((application?.instances ?? 1) > 1) {
        await service.call('POST', `/api/v2/applications/${application!.id}/scale`, { instances: 1 });
        await service.settle('steady');
      }
      if ((await service.ask('steady').catch(() => undefined))?.text === 'good ') return;
      const { status, last_error: error } = await stage.end(await stage.deploy(anApplication('good')));
      assert.equal(status, 'EXPOSED', JSON.stringify(error));
    },
    deploy: (files, config = {}, application = 'steady') =>
      service.deploy(application, files, { config: { application: { ...quickly, ...config } } }),
    async cancel(id) {
      const { status, text } = await service.call('DELETE', `/api/v2/deployments/${id}`);
      assert.equal(status, 202, text);
    },
    async findApplication(name = 'steady') {
      return ((await service.call('GET', `/api/v2/applications?name=${name}`)).json['items'] as Application[])[0];
    },
    async reach(id, state, step) {
      for (;;) {
        const now = await service.get(id);
        if (now.status === state && (step === undefined || now.step === step)) return;
        const isPast = order.indexOf(now.status) > order.indexOf(state);
        assert.ok(!isPast, `It is ${now.status} already, and was not seen ${state}: ${JSON.stringify(now.last_error)}`);
        await delay(5);
      }
    },
    async end(id, application = 'steady') {
      const deployment = await service.waitFor(id, ...ends);
      await service.settle(application);
      return deployment;
    },
    async loseWorker(begin, soFar) {
      await service.stopWorkers();
      const worker = await service.startWorkerProcess();
      try {
        const id = await begin();
        await soFar(id);
        return id;
      } finally {
        await worker.kill();
        await service.startWorker();
      }
    },
    askAllTheTime(application = 'steady') {
      const answers: string[] = [];
      const over = new AbortController();
      const asking = (async () => {
        while (!over.signal.aborted) {
          answers.push(await service.ask(application).then(({ status, text }) => `${status} ${text}`, String));
          await delay(10);
        }
      })();
      return {
        async stop() {
          over.abort();
          await asking;
          return answers;
        },
      };
    },
  };
  return stage;
}
