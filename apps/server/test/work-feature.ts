import { setTimeout as delay } from 'node:timers/promises';
import { defineOperation } from '@deployguard/contracts';
import Type from 'typebox';
import type { Feature, Platform } from '../src/feature.ts';
import { notFoundError } from '../src/platform/http/index.ts';
import { enqueueTask, findTask, runInChild } from '../src/platform/tasks/index.ts';
import type { TaskKind } from '../src/platform/tasks/index.ts';

const Work = Type.Object({ text: Type.String(), isSlow: Type.Optional(Type.Boolean()) }, { title: 'Work', additionalProperties: false });
const Id = Type.Object({ id: Type.String() });

const startWork = defineOperation({
  id: 'startWork',
  method: 'POST',
  path: '/test/work',
  summary: 'Do some work',
  tag: 'Test',
  access: 'jobs:write',
  body: Work,
  answers: { 202: Id },
  needsBroker: true,
});

const getWork = defineOperation({
  id: 'getWork',
  method: 'GET',
  path: '/test/work/{id}',
  summary: 'Show how the work goes',
  tag: 'Test',
  access: 'jobs:read',
  params: Id,
  answers: { 200: Type.Object({ state: Type.String(), attempt: Type.Integer(), url: Type.String() }) },
});

const workKind: TaskKind = { kind: 'test-work', queue: 'scan' };
const keyOf = (id: string): string => `test/${id}`;

/** One task that goes the way of all: asked for by a request, partly done by a process of its own, its result a file that can be downloaded. */
export function createWorkFeature({ database, storage }: Platform): Feature {
  return {
    name: 'work',
    register(api) {
      api.add(startWork, async ({ caller, body }) => ({
        id: await database.asTenant(caller.actor.tenantId, (tx) => enqueueTask(tx, workKind, body)),
      }));
      api.add(getWork, async ({ caller, params: { id } }) => {
        const task = await database.asTenant(caller.actor.tenantId, (tx) => findTask(tx, id));
        if (task === undefined) throw notFoundError('work');
        const url = await storage.signedUrl(keyOf(id), { expiresInSeconds: 60, fileName: 'work.txt', contentType: 'text/plain' });
        return { state: task.state, attempt: task.attempt, url };
      });
    },
    tasks: [
      {
        ...workKind,
        async handle(input, context) {
          const { text, isSlow = false } = input as { text: string; isSlow?: boolean };
          // The first attempt never ends by itself.
          if (isSlow && context.attempt === 1) await delay(600_000, undefined, { signal: context.signal });
          await runInChild(new URL('./child-handler.ts', import.meta.url), { do: 'report' }, context);
          await storage.put(keyOf(context.taskId), Buffer.from(text));
        },
      },
    ],
  };
}
