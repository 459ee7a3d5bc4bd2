const firstLine = Buffer.from('version https://git-lfs.github.com/spec/v');
const maxPointerBytes = 1024;

/**
 * The SHA-256 id of the LFS object that a blob points to; `undefined` when it is no pointer
 * (format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
 */
export function parseLfsPointer(content: Buffer): string | undefined {
  if (content.length > maxPointerBytes || !content.subarray(0, firstLine.length).equals(firstLine)) return undefined;
  return /^oid sha256:([0-9a-f]{64})$/m.exec(content.toString('latin1'))?.[1];
}
