import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, SocketAddress, isIP, isIPv4, isIPv6 } from 'node:net';
import { EgressError } from './egress-error.ts';
import { specialAddresses } from './special-addresses.ts';

/** Turns a name into all of its addresses. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface EgressPolicyOptions {
  /** Allows one's own network: loopback and private ranges, but not cloud metadata or link-local addresses. Default false. */
  readonly allowPrivate?: boolean;
  /** Exceptions: host names (all that they resolve to), addresses, or ranges such as `10.1.0.0/16`. Others throw `EXCEPTION_INVALID`. */
  readonly allowHosts?: readonly string[];
  /**
   * For addresses that strangers choose: hears why a connection was not made, while the error says `REMOTE_UNREACHABLE` in every case, so
   * that nobody reads from it which names and addresses there are inside.
   */
  readonly onFailure?: (failure: EgressFailure) => void;
  /** Default: the system's resolver, which also reads forms such as `127.1` and `0x7f000001`. */
  readonly lookup?: Lookup;
}

/** For the log of whoever runs the service, not for whoever chose the address. */
export interface EgressFailure {
  readonly host: string;
  readonly error: EgressError;
}

/** Which places may be connected to. Every part of the product that reaches out asks one. */
export interface EgressPolicy {
  /** Whether a connection to the address may be made, on behalf of the host name that it was resolved from. */
  isAllowed(address: string, host?: string): boolean;
  readonly lookup: Lookup;
  /** The error to throw for a connection that was not made: `error` itself, or one that tells nothing. */
  conceal(host: string, error: unknown): unknown;
}

/** By default only public unicast addresses are allowed. */
export function createEgressPolicy(options: EgressPolicyOptions = {}): EgressPolicy {
  const isPrivate = buildRanges(specialAddresses.private);
  const isDenied = buildRanges(specialAddresses.denied);
  const isGlobal6 = buildRanges(specialAddresses.global6);
  const entries = options.allowHosts ?? [];
  for (const entry of entries) assertException(entry);
  const isException = buildRanges(entries.filter((entry) => isRange(entry)));
  const namedHosts = new Set(entries.filter((entry) => !isRange(entry)).map((entry) => normalizeHost(entry)));

  return {
    isAllowed(address, host) {
      const plain = toPlainAddress(address);
      if (plain === undefined) return false;
      if (isException(plain) || (host !== undefined && namedHosts.has(normalizeHost(host)))) return true;
      if (isDenied(plain)) return false;
      if (isPrivate(plain)) return options.allowPrivate ?? false;
      return isIPv4(plain) || isGlobal6(plain);
    },
    lookup: options.lookup ?? lookupAll,
    conceal(host, error) {
      if (options.onFailure === undefined || !(error instanceof EgressError) || error.code === 'REMOTE_UNREACHABLE') return error;
      options.onFailure({ host, error });
      return new EgressError('REMOTE_UNREACHABLE', 'The server cannot be reached.');
    },
  };
}

function assertException(entry: string): void {
  const [address = '', bits, ...rest] = entry.split('/');
  const family = isIP(address);
  const isPlausible =
    family === 0
      ? isHostName(normalizeHost(entry)) && (!entry.includes(':') || isIP(normalizeHost(entry)) === 6)
      : bits === undefined || (rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  if (isPlausible) return;
  throw new EgressError(
    'EXCEPTION_INVALID',
    `"${entry}" is no host that can be allowed. Name a host (git.example.com), an address or a range (10.1.0.0/16).`,
  );
}

/** Whether a text can be the name of a host: no option, no URL, nothing that a resolver would read otherwise. */
export function isHostName(name: string): boolean {
  return /^[a-z0-9_.:-]{1,253}$/.test(name) && !name.startsWith('-');
}

/** Throws `ADDRESS_DENIED` unless the policy allows the address. */
export function checkAddress(policy: EgressPolicy, address: string, host: string = address): void {
  if (!policy.isAllowed(address, host)) throw deniedError(host);
}

function deniedError(host: string): EgressError {
  return new EgressError(
    'ADDRESS_DENIED',
    `Connecting to ${host} is not allowed: it does not lead to a public address. If it is meant, allow it explicitly.`,
  );
}

/** Lower case, without the dot that ends a full name and without the brackets around an IPv6 address. */
export function normalizeHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

/** The one way to write an address; an IPv4 address in IPv6 clothes becomes plain. `undefined` for what is none, or bound to an interface. */
function toPlainAddress(address: string): string | undefined {
  if (isIPv4(address)) return address;
  if (!isIPv6(address) || address.includes('%')) return undefined;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(canonical)?.[1] ?? canonical;
}

function isRange(entry: string): boolean {
  return isIP(entry.split('/', 1)[0]!) !== 0;
}

function buildRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

async function lookupAll(host: string): Promise<string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}
