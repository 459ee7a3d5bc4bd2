import { randomUUID } from 'node:crypto';
import { version } from '../jobs/index.ts';

/** What scanned a history: another one may find more in it. Source code changes between two runs, and its version does not. */
export const scannerVersion = import.meta.filename.endsWith('.ts') ? `${version}+${randomUUID()}` : version;
