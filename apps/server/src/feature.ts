import type { CheckedFetch, EgressPolicy } from '@deployguard/egress';
import type { Config } from './platform/config/index.ts';
import type { CredentialsClient } from './platform/credentials/index.ts';
import type { Database } from './platform/database/index.ts';
import type { EventHub } from './platform/events/index.ts';
import type { Feature as ApiFeature } from './platform/http/index.ts';
import type { Keyring } from './platform/keyring/index.ts';
import type { Doorbell } from './platform/queue/index.ts';
import type { Storage } from './platform/storage/index.ts';
import type { Duty, TaskDefinition } from './platform/tasks/index.ts';
import type { Logger, Metrics, Tracing } from './platform/telemetry/index.ts';

/** A part of the service: operations of the API, how its tasks are done, and what is done for it over and over. */
export interface Feature extends ApiFeature {
  /** Run by workers. */
  readonly tasks?: readonly TaskDefinition[];
  /** Done by the scheduler. */
  readonly duties?: readonly Duty[];
}

/**
 * What features are built on. Making a feature uses nothing of it: that is left to its operations, tasks and duties, for the list of all
 * features is also made where there is no service.
 */
export interface Platform {
  readonly config: Config;
  readonly database: Database;
  readonly doorbell: Doorbell;
  readonly storage: Storage;
  readonly keyring: Keyring;
  readonly events: EventHub;
  readonly egress: Egress;
  /** Undefined: no service keeps credentials, so only what is public can be cloned. */
  readonly credentials: CredentialsClient | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Undefined: nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** The way out to addresses that users choose. */
export interface Egress {
  readonly policy: EgressPolicy;
  readonly fetch: CheckedFetch;
  /** Authorities (PEM) beside the public ones. */
  readonly trustedCertificates: readonly string[];
  /** The file that they come from, for git. */
  readonly caFile: string | undefined;
}
