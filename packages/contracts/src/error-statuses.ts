import type { Operation } from './operation.ts';

/** The statuses of the errors that an operation may answer with, in order, without those that it declares itself. */
export function listErrorStatuses(operation: Operation): number[] {
  const hasBody = operation.body !== undefined;
  const changes = operation.method !== 'GET';
  const statuses = [
    ...(changes ? [400] : []),
    ...(operation.access === 'public' ? [] : [401, 403]),
    ...(operation.params === undefined ? [] : [404]),
    ...(changes || operation.dependsOnState ? [409] : []),
    ...(changes ? [413, 415] : []),
    ...(hasBody || operation.params || operation.query || operation.idempotent ? [422] : []),
    429,
    500,
    503,
  ];
  return statuses.filter((status) => !(status in operation.answers));
}
