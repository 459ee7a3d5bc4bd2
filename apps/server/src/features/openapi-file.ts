import { join } from 'node:path';
import { describeApi } from '../platform/http/index.ts';
import { listOperations } from './list-operations.ts';

/** The document is kept in the repository, so that changes of the API show in reviews. */
export const openApiFile = join(import.meta.dirname, '../../../../docs/openapi.json');

/** What the file must hold. */
export function buildOpenApiText(): string {
  return `${JSON.stringify(describeApi(listOperations()), null, 2)}\n`;
}
