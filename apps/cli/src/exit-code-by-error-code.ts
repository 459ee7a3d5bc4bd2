import { type ExitCode, exitCodes } from './exit-code.ts';

/** Errors that do not mean "refused or failed" (5). Every code is explained in `docs/exit-codes.md`. */
export const exitCodeByErrorCode: Readonly<Record<string, ExitCode>> = {
  USAGE: exitCodes.usage,
  NOT_A_TERMINAL: exitCodes.usage,
  NOTHING_SELECTED: exitCodes.usage,
  SECRET_NOT_FOUND: exitCodes.usage,
  REPORT_UNREADABLE: exitCodes.usage,
};
