import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { pageOf, pageQuery } from './paging.ts';
import { count, entity, nullable, oneOf, parameters, timestamp, uuid } from './schema.ts';
import { taskStates } from './words.ts';

/** One unit of background work. */
export const Task = entity('Task', {
  id: uuid,
  kind: Type.String(),
  queue: Type.String(),
  state: oneOf(taskStates),
  attempt: count,
  last_error: nullable(Type.String()),
  run_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Task = Static<typeof Task>;

const tag = 'Tasks';

export const listTasks = defineOperation({
  id: 'listTasks',
  method: 'GET',
  path: '/api/v2/tasks',
  summary: 'List background work, such as what failed for good (`state=failed`, `state=dead`)',
  tag,
  access: 'tasks:read',
  query: parameters({ ...pageQuery, state: Type.Optional(oneOf(taskStates)) }),
  answers: { 200: pageOf('TaskPage', Task) },
});

export const redriveTask = defineOperation({
  id: 'redriveTask',
  method: 'POST',
  path: '/api/v2/tasks/{id}/redrive',
  summary: 'Run a failed or dead task again',
  tag,
  access: 'tasks:write',
  params: parameters({ id: uuid }),
  answers: { 202: Task },
  needsBroker: true,
  idempotent: true,
});
