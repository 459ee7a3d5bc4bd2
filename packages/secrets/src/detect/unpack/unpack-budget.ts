/** Bounds on what is unpacked from one piece of content, nested archives included. Actual bytes count, never sizes that an archive claims. */
export interface UnpackLimits {
  /** How deep archives and compressed streams may nest. 0 unpacks nothing. */
  readonly maxDepth: number;
  readonly maxEntries: number;
  readonly maxMemberBytes: number;
  readonly maxTotalBytes: number;
  /** Unpacked bytes per packed byte, beyond the first `ratioFreeBytes` of a member. */
  readonly maxRatio: number;
}

export const defaultUnpackLimits: UnpackLimits = {
  maxDepth: 3,
  maxEntries: 10_000,
  maxMemberBytes: 64 << 20,
  maxTotalBytes: 192 << 20,
  maxRatio: 100,
};

/** Something in a piece of content that could not be looked into. */
export interface Unread {
  readonly what: string;
  readonly reason: string;
}

const ratioFreeBytes = 1 << 20;

/** Counts what one scan of one content unpacks and what it has to leave out. */
export class UnpackBudget {
  readonly limits: UnpackLimits;
  readonly #onUnread: (unread: Unread) => void;
  #entries = 0;
  #bytes = 0;

  constructor(limits: UnpackLimits, onUnread: (unread: Unread) => void) {
    this.limits = limits;
    this.#onUnread = onUnread;
  }

  /** False, after a report, when no further member may be read. */
  takeEntry(what: string): boolean {
    if (this.#entries >= this.limits.maxEntries) {
      // Once is enough: a million entries beyond the limit are one omission.
      if (this.#entries++ === this.limits.maxEntries) this.skip(what, `more than ${this.limits.maxEntries} members`);
      return false;
    }
    this.#entries++;
    return true;
  }

  /** How many bytes a member of that packed size may grow to. */
  allowance(packedBytes: number): number {
    const { maxMemberBytes, maxTotalBytes, maxRatio } = this.limits;
    return Math.max(0, Math.min(maxMemberBytes, maxTotalBytes - this.#bytes, ratioFreeBytes + packedBytes * maxRatio));
  }

  spend(bytes: number): void {
    this.#bytes += bytes;
  }

  skip(what: string, reason: string): void {
    this.#onUnread({ what, reason });
  }
}
