/** The files that are analysed. They are only ever read. */
export interface FileTree {
  /** Plain files, by their paths from the top with `/` between. Symbolic links and submodules are not among them. */
  readonly paths: readonly string[];
  /** Symbolic links: none is followed, wherever it leads. */
  readonly links: readonly string[];
  /** Contents of the files named. Those larger than `maxBytes` and those that cannot be read are left out. */
  read(paths: readonly string[], maxBytes: number): Promise<ReadonlyMap<string, Buffer>>;
}

/** More than the largest repositories hold; a tree may be made to hold any number. */
export const maxFiles = 1_000_000;
