/** What leads to an entry: the members that the layout wants, of each object on the way. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Where entries stand that have the same container. */
export interface JsonPlace {
  /** As the layout says it. */
  readonly path: string;
  /** The objects that lead to it, outermost first. */
  readonly parents: readonly JsonObject[];
  /** The names of the members that lead to it and stand where the path has `{}`, outermost first. */
  readonly keys: readonly string[];
}

export interface JsonEntry extends JsonPlace {
  /** Undefined where it could not be read. */
  readonly value: unknown;
  /** Why it could not be read. */
  readonly problem?: 'damaged' | 'too-large' | undefined;
  /** Its name, where it is a member of an object. */
  readonly key?: string | undefined;
  /** The values of the tables of the layout, by path. */
  readonly tables?: JsonTables | undefined;
}

export type JsonTables = ReadonlyMap<string, readonly unknown[]>;
