import { isIP } from 'node:net';
import { EgressError } from './egress-error.ts';
import { checkAddress, isHostName, normalizeHost } from './egress-policy.ts';
import type { EgressPolicy } from './egress-policy.ts';

/**
 * The addresses of a host, once each and every one of them allowed: a name that leads to one forbidden address beside good ones is refused
 * as a whole. Connect to these addresses, not to the name, which may lead elsewhere a moment later.
 *
 * Throws `EgressError`: `HOST_INVALID`, `HOST_NOT_FOUND`, `ADDRESS_DENIED`; `REMOTE_UNREACHABLE` for each when the policy conceals reasons.
 */
export async function resolveChecked(policy: EgressPolicy, host: string): Promise<string[]> {
  try {
    return await resolve(policy, normalizeHost(host));
  } catch (error) {
    throw policy.conceal(host, error);
  }
}

async function resolve(policy: EgressPolicy, name: string): Promise<string[]> {
  if (!isHostName(name)) throw new EgressError('HOST_INVALID', 'This is not a host name or address.');
  const addresses = isIP(name) ? [name] : await lookUp(policy, name);
  for (const address of addresses) checkAddress(policy, address, name);
  return [...new Set(addresses)];
}

async function lookUp(policy: EgressPolicy, name: string): Promise<readonly string[]> {
  let addresses: readonly string[] = [];
  let cause: unknown;
  try {
    addresses = await policy.lookup(name);
  } catch (error) {
    cause = error;
  }
  if (addresses.length === 0) throw new EgressError('HOST_NOT_FOUND', `The host ${name} was not found.`, { cause });
  return addresses;
}
