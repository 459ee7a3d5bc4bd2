import type { FileTree } from '../src/analyze/file-tree.ts';

/** A tree of files in memory, as a repository would hold them. */
export function aTree(files: Readonly<Record<string, string | Uint8Array>>, links: readonly string[] = []): FileTree {
  return {
    paths: Object.keys(files),
    links,
    read: async (paths, maxBytes) =>
      new Map(
        paths.flatMap((path) => {
          const content = files[path];
          const buffer = content === undefined ? undefined : Buffer.from(content);
          return buffer !== undefined && buffer.length <= maxBytes ? [[path, buffer] as const] : [];
        }),
      ),
  };
}

/** A `package.json`. */
export function aPackage(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ name: 'app', ...fields }, undefined, 2);
}
