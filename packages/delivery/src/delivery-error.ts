/** Each code, and who can do something about it. */
const faults = {
  NO_COMMIT: 'application',
  FOLDER_UNREADABLE: 'application',
  ROOT_NOT_FOUND: 'application',
  TREE_TOO_LARGE: 'application',
  TREE_UNSAFE: 'application',
  NOTHING_TO_START: 'application',
  BUILD_VARIABLE_REFUSED: 'application',
  BUILD_FAILED: 'application',
  BUILD_TIMED_OUT: 'application',
  BUILD_TOO_LARGE: 'application',
  STATIC_OUTPUT_MISSING: 'application',
  DOCKERFILE_REFUSED: 'application',
  BASE_IMAGE_REFUSED: 'application',
  LANGUAGE_UNSUPPORTED: 'application',
  TOOL_MISSING: 'platform',
  DISK_FULL: 'platform',
  REGISTRY_UNREACHABLE: 'platform',
  ENGINE_UNAVAILABLE: 'engine',
  ENGINE_FAILED: 'engine',
  PORT_UNREACHABLE: 'engine',
  RELEASE_INVALID: 'application',
  RELEASE_COMMAND_FAILED: 'application',
  START_FAILED: 'application',
  NEVER_LISTENED: 'application',
  OTHER_PORT: 'application',
  LOOPBACK_ONLY: 'application',
  UNHEALTHY: 'application',
  SMOKE_FAILED: 'application',
  CRASHED: 'application',
  PORT_TAKEN: 'platform',
  SANDBOX_UNAVAILABLE: 'platform',
  ROUTER_UNREACHABLE: 'platform',
  ARTIFACT_MISSING: 'platform',
  CANCELLED: 'user',
} as const satisfies Readonly<Record<string, DeliveryFault>>;

/** Whose fault an error is: the application's, this platform's, the container engine's, or nobody's because a user wanted it so. */
export type DeliveryFault = 'application' | 'platform' | 'engine' | 'user';
export type DeliveryErrorCode = keyof typeof faults;

/** What stops a delivery. The message says what, where, and what to do. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code: DeliveryErrorCode;
  readonly fault: DeliveryFault;

  constructor(code: DeliveryErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.fault = faults[code];
  }
}

/** Whose fault an error of this code is; undefined for codes of others. */
export function findFault(code: string): DeliveryFault | undefined {
  return Object.hasOwn(faults, code) ? faults[code as DeliveryErrorCode] : undefined;
}
