import type { Address } from '../targets/target.ts';
import type { CertificateFiles } from './open-certificates.ts';

/** The one entry for users: it leads each host name to the instances of the current release. */
export interface Router {
  /** In force, and written down, when it resolves. Requests that are under way end where they began. */
  setRoute(route: Route): Promise<void>;
  removeRoute(host: string): Promise<void>;
  getRoute(host: string): Promise<Route | undefined>;
  listRoutes(): Promise<readonly Route[]>;
  /** Waits until no request is under way to these addresses, at most so long; what is left then is cut off. How many were is the answer. */
  drain(addresses: readonly Address[], options: { readonly limitMs: number; readonly signal?: AbortSignal }): Promise<number>;
}

/** What one host name leads to. */
export interface Route {
  /** A host name in lower case, without port. */
  readonly host: string;
  readonly application: string;
  readonly release: string;
  /** Several share the requests in turn. None: the application is stopped, and requests are told so. */
  readonly upstreams: readonly Address[];
}

/** A router that runs, as it tells others. */
export interface RouterDescription {
  readonly pid: number;
  readonly listen: Address;
  /** With TLS, where it has certificates. */
  readonly secure?: { readonly listen: Address; readonly certificates: readonly CertificateFiles[]; readonly isWantedByAll: boolean };
  /** Missing where it has none. */
  readonly trustedProxies?: readonly string[];
}
