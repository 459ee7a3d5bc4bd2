import { type ExitCode, exitCodes } from './exit-code.ts';

/** Errors that do not mean "refused or failed" (5). `docs/exit-codes.md` has the table too; a test compares. */
export const exitCodeByErrorCode: Readonly<Record<string, ExitCode>> = {
  // What was typed or configured.
  USAGE: exitCodes.usage,
  NOT_A_TERMINAL: exitCodes.usage,
  NOTHING_SELECTED: exitCodes.usage,
  SECRET_NOT_FOUND: exitCodes.usage,
  REPORT_UNREADABLE: exitCodes.usage,
  REPORT_MIXED: exitCodes.usage,
  BASELINE_INVALID: exitCodes.usage,
  GATE_POLICY_INVALID: exitCodes.usage,
  FINDING_UNKNOWN: exitCodes.usage,
  NOT_A_REPOSITORY: exitCodes.usage,
  NO_COMMIT: exitCodes.usage,
  FOLDER_UNREADABLE: exitCodes.usage,
  ROOT_NOT_FOUND: exitCodes.usage,
  URL_REFUSED: exitCodes.usage,
  REF_NAME_INVALID: exitCodes.usage,
  SCAN_RANGE_INVALID: exitCodes.usage,
  CONFIGURATION_INVALID: exitCodes.usage,
  PATTERN_INVALID: exitCodes.usage,
  KEY_UNUSABLE: exitCodes.usage,
  KEYRING_MISSING: exitCodes.usage,
  KEYRING_EXPOSED: exitCodes.usage,
  KEYRING_INVALID: exitCodes.usage,
  MIGRATION_UNKNOWN: exitCodes.usage,
  DATABASE_URL_MISSING: exitCodes.usage,
  USER_ID_INVALID: exitCodes.usage,
  // What a service says to a request.
  INVALID: exitCodes.usage,
  NOT_FOUND: exitCodes.usage,

  AUTHENTICATION_FAILED: exitCodes.authentication,
  UNAUTHENTICATED: exitCodes.authentication,
  FORBIDDEN: exitCodes.authentication,

  REMOTE_NOT_FOUND: exitCodes.unreachable,
  REMOTE_UNREACHABLE: exitCodes.unreachable,
  HOST_NOT_FOUND: exitCodes.unreachable,
  CONNECTION_FAILED: exitCodes.unreachable,
  DATABASE_UNREACHABLE: exitCodes.unreachable,
  SERVER_UNREACHABLE: exitCodes.unreachable,
  SERVER_UNTRUSTED: exitCodes.unreachable,
  SERVER_UNKNOWN: exitCodes.unreachable,
  QUEUE_UNAVAILABLE: exitCodes.unreachable,
  UNAVAILABLE: exitCodes.unreachable,
};
