import type { LastError } from './last-error.ts';

export type DeploymentErrorCode =
  | 'CONFIG_INVALID'
  | 'COMMIT_NOT_FOUND'
  | 'SECRETS_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'DEPLOYMENT_CHANGED'
  | 'NOT_CONFIGURED'
  | 'NOT_BUILDABLE'
  | 'RELEASE_GONE'
  | 'SIGNATURE_INVALID';

/** Why a deployment comes to nothing. The message is shown with it. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
  readonly code: DeploymentErrorCode;

  constructor(code: DeploymentErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is kept of a deployment that a user cancelled. */
export const cancelledByUser: LastError = { code: 'CANCELLED', message: 'The deployment was cancelled.', fault: 'user' };

/** Where the deployment is no longer what the task was for: cancelled or destroyed meanwhile, or the application is another task's. */
export function deploymentChangedError(): DeploymentError {
  return new DeploymentError('DEPLOYMENT_CHANGED', 'The deployment was changed meanwhile.');
}
