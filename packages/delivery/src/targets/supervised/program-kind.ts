import type { Release } from '../../release/release.ts';
import type { InstanceState } from '../target.ts';
import type { InstanceFiles, InstanceRecord } from './instance-record.ts';
import type { SupervisorOrder } from './supervisor-order.ts';

/** What differs between programs that a supervisor of ours can own: processes of this machine, and containers. */
export interface ProgramKind {
  readonly kind: 'process' | 'container';
  /** Makes the directory of a release, which does not exist yet. */
  prepare(release: Release, directory: string, signal: AbortSignal | undefined): Promise<void>;
  /** Makes again what a preparation makes beside that directory, should it be gone. */
  restore?(release: Release): Promise<void>;
  /** How an instance is started, with what its supervisor is told. */
  describe(release: Release, place: ProgramPlace): Promise<Pick<SupervisorOrder, 'command' | 'env' | 'input' | 'limits' | 'container'>>;
  /** Whether something of an instance runs that has lost its supervisor. */
  isThere(record: InstanceRecord, files: InstanceFiles): Promise<boolean>;
  /** Ends what is left of an instance without a supervisor. */
  endLeftovers(instance: Named, files: InstanceFiles, graceMs: number): Promise<void>;
  /** TCP ports on which it listens, as users of the instance see them; undefined where that cannot be seen. */
  seePorts(record: InstanceRecord, files: InstanceFiles): Promise<Pick<InstanceState, 'listeningPorts' | 'isUnreachable'> | undefined>;
  /** Before the directory of a release goes. */
  removeRelease?(application: string, directory: string): Promise<void>;
  destroy?(application: string): Promise<void>;
}

export interface Named {
  readonly application: string;
  readonly id: string;
}

export interface ProgramPlace extends Named {
  readonly files: InstanceFiles;
  readonly releaseDirectory: string;
  /** On which users of the instance reach it. */
  readonly port: number;
}
