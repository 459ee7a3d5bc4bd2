export type ServiceErrorCode = 'DATABASE_URL_MISSING' | 'CANNOT_LISTEN' | 'NOT_HEALTHY' | 'USER_ID_INVALID';

/** Why the service does not start. The message is for whoever starts it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Stop the program that has it, or choose another',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name cannot be looked up now',
  EACCES: 'this user may not open the port; those from 1024 on are free to all',
};

/** What it means for the user that an address could not be listened on; other errors stay as they are. */
export function toListenError(cause: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const reason = listenReasons[(cause as { code?: string }).code ?? ''];
  return reason === undefined ? cause : new ServiceError('CANNOT_LISTEN', `Cannot listen on ${host}, port ${port}: ${reason}.`, { cause });
}
