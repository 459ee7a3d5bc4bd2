export type { Command, ProcessLimits } from './command.ts';
export { findProgram } from './find-program.ts';
export { keepPriority } from './keep-priority.ts';
export { ProcessError } from './process-error.ts';
export type { ProcessErrorCode } from './process-error.ts';
export { runProcess } from './run-process.ts';
export type { ProcessResult } from './run-process.ts';
export { startProcess } from './start-process.ts';
export type { Exit, RunningProcess } from './start-process.ts';
