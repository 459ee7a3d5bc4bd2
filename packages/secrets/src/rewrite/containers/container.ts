/** A file that holds others, or another form of itself, opened. Nothing of it is copied that need not be. */
export interface Container {
  /** `gzip`, `zip`, `tar` … */
  readonly format: string;
  /** In order, each unpacked when its turn comes. */
  members(): Iterable<ContainerMember>;
  /**
   * The same container with other contents: what does not change stays byte for byte as it is. Throws `CannotRepackError`. Absent when it
   * cannot be written at all.
   */
  readonly rebuild?: (changes: ContainerChanges) => Buffer;
  /** Bytes outside of packed members may be replaced as in any other file, although its readers then may have to repair it. */
  readonly isTolerant?: boolean;
  /** The parts by which it vouches for its contents: they are kept, but whoever checks them notices each change. */
  readonly seals?: readonly string[];
}

export interface ContainerMember {
  readonly index: number;
  /** Latin-1, exactly as it stands there: never to be used as a path. */
  readonly name: string;
  /** Unpacked; absent when that cannot be done. */
  readonly content?: Buffer;
  /** Why there is no content. */
  readonly unread?: string;
  /** It stands in the container as it is, so that whoever searched the container has searched it. */
  readonly isPlain: boolean;
}

/** What to change. The functions give `undefined` for what stays. */
export interface ContainerChanges {
  /** By index of the member. */
  readonly contents: ReadonlyMap<number, Buffer>;
  /** For names and paths. */
  readonly redactName: (name: Buffer) => Buffer | undefined;
  /** For comments and whatever else is free text. */
  readonly redactText: (text: Buffer) => Buffer | undefined;
}

/** Why a container stays as it is, although a value stands in it. For the program itself: users see a NotCleanable. */
export class CannotRepackError extends Error {
  readonly code = 'CANNOT_REPACK';

  /** `reason`: what is the matter with it, as a sentence without its end. */
  constructor(reason: string) {
    super(reason);
    this.name = 'CannotRepackError';
  }
}
