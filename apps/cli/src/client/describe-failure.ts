import { EgressError } from '@deployguard/egress';
import { ServerError } from './server-error.ts';

/** Why there is no answer, for the user. An error of ours, and what is none of a connection, stays as it is. */
export function describeFailure(error: unknown, server: string): unknown {
  if (error instanceof ServerError) return error;
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  // A body that breaks off is an error of the HTTP client with what happened below it; without that, it is a fault of ours.
  const isBroken = (error instanceof TypeError && error.cause !== undefined) || error instanceof SyntaxError;
  if (!isLate && !isBroken && !(error instanceof EgressError)) return error;
  if (isLate) return new ServerError('SERVER_UNREACHABLE', `${server} does not answer.`, { cause: error });
  if (isBroken) return new ServerError('SERVER_UNREACHABLE', `The answer of ${server} broke off.`, { cause: error });
  const reason = reasons[findCode(error)];
  if (reason !== undefined) return new ServerError('SERVER_UNTRUSTED', `${server} cannot be trusted: ${reason}`, { cause: error });
  return new ServerError('SERVER_UNREACHABLE', `${server} cannot be reached: ${error.message}`, { cause: error });
}

const unknownAuthority =
  'its certificate is not from an authority that is known here. Name the file of your own authority with --ca-file or DEPLOYGUARD_CA_FILE.';

/** Codes of OpenSSL, as Node names them, and what they mean to people. */
const reasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_HAS_EXPIRED: 'its certificate has expired.',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet. Is the clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name.',
};

function findCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && at.code in reasons) return at.code;
  }
  return '';
}
