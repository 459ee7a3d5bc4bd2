import { isIP } from 'node:net';
import { EgressError } from './egress-error.ts';
import { checkAddress, normalizeHost } from './egress-policy.ts';
import type { EgressPolicy } from './egress-policy.ts';

/**
 * The addresses of a host, once each and every one of them allowed: a name that leads to one forbidden address beside good ones is refused
 * as a whole. Connect to these addresses, not to the name, which may lead elsewhere a moment later.
 *
 * Throws `EgressError`: `HOST_INVALID`, `HOST_NOT_FOUND`, `ADDRESS_DENIED`.
 */
export async function resolveChecked(policy: EgressPolicy, host: string): Promise<string[]> {
  const name = normalizeHost(host);
  if (!/^[a-z0-9_.:-]{1,253}$/.test(name) || name.startsWith('-'))
    throw new EgressError('HOST_INVALID', 'This is not a host name or address.');
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
