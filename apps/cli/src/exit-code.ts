/** What the process tells its caller. Described in `docs/exit-codes.md`. */
export const exitCodes = {
  clean: 0,
  findings: 1,
  usage: 2,
  authentication: 3,
  unreachable: 4,
  refused: 5,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
