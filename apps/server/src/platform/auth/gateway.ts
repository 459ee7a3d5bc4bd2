import { systemActor } from '../audit/index.ts';
import type { Credentials } from './read-credentials.ts';
import { isEqualText } from './is-equal-text.ts';
import { unauthenticatedError } from './unauthenticated-error.ts';

export interface GatewayOptions {
  /** What the gateway sends as `X-Gateway-Proof`; several while it is changed. Each at least 32 characters. */
  readonly proofs: readonly string[];
}

/**
 * The user that a trusted gateway names. The name counts for nothing without the proof, which only the gateway knows: whoever reaches the service
 * past the gateway can send any header. Undefined when the request did not come through the gateway.
 */
export function findGatewayUser({ userId, gatewayProof }: Credentials, { proofs }: GatewayOptions): string | undefined {
  if (userId === undefined && gatewayProof === undefined) return undefined;
  if (gatewayProof === undefined) throw unauthenticatedError('X-User-ID without proof');
  // All are compared, so that the time does not tell which matched.
  if (!proofs.map((proof) => isEqualText(proof, gatewayProof)).includes(true)) throw unauthenticatedError('a wrong gateway proof');
  if (userId === undefined) throw unauthenticatedError('a gateway proof without X-User-ID');
  return parseUserId(userId);
}

/** A user's id as it stands in rows and logs: printable, without commas, which would hide joined headers; not the name of the service itself. */
export function parseUserId(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._@|+:-]{0,254}$/.test(text) || text === systemActor.userId)
    throw unauthenticatedError('a user id of another form');
  return text;
}
