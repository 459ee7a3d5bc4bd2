export { createProgress } from './progress.ts';
export type { PhaseRange } from './progress.ts';
export type { Remote } from './remote.ts';
export { toTransfer } from './to-transfer.ts';
