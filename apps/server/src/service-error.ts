export type ServiceErrorCode = 'DATABASE_URL_MISSING';

/** Why the service does not start. The message is for whoever starts it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
