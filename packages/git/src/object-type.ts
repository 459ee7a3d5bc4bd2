/** The four kinds of git objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** The hash that names a repository's objects. */
export type ObjectFormat = 'sha1' | 'sha256';

/** Bytes of an object id. */
export function hashBytesOf(format: ObjectFormat): 20 | 32 {
  return format === 'sha1' ? 20 : 32;
}

/** Whether a text is a full object id of either format, in lower-case hex. */
export function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
