import type { Scope } from '@deployguard/contracts';

/** Who makes a request, and what they may do. Made only by authentication, so that nothing else can name a tenant. */
export interface Actor {
  readonly tenantId: string;
  readonly userId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** How they proved it. `local`: without proof, on this machine. */
  readonly via: 'api-key' | 'gateway' | 'jwt' | 'local';
  /** The key, where it was one: what it makes must not outlive it. */
  readonly apiKeyId?: string;
}

/** What authentication looks at: the headers as they came, for doubles would be joined otherwise. */
export interface AuthRequest {
  /** Names and values in turn, as in `node:http`. */
  readonly rawHeaders: readonly string[];
  /** The far end of the connection, whatever proxies say. */
  readonly remoteAddress: string;
}

/** Finds out who makes a request. Throws `ApiError` `UNAUTHENTICATED`. */
export type Authenticate = (request: AuthRequest) => Promise<Actor>;
