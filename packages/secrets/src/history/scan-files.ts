import { assertWorkTree, listStagedFiles, listWorkingFiles, readObjects, readWorkingFile } from '@deployguard/git';
import { locateInBuffer, type TextPlace } from './locate-offsets.ts';
import { NameScanner, settle } from './scan-objects.ts';
import type { ScanContext } from './scan-repository.ts';

/** Scans files that no commit holds yet, and their names. Gives lines and columns of what it found, by file and offset. Throws `GitError` `NO_WORK_TREE`. */
export async function scanFiles(
  context: ScanContext,
  { kind, path: workTree }: { readonly kind: 'staged' | 'working-tree'; readonly path: string },
): Promise<Map<string, Map<number, TextPlace>>> {
  await assertWorkTree(workTree);
  const places = new Map<string, Map<number, TextPlace>>();
  const names = new NameScanner(context);
  if (kind === 'staged') {
    const files = await listStagedFiles(context.repository, workTree);
    const paths = Map.groupBy(files, (file) => file.blob);
    for (const { path } of files) scanNames(path);
    for await (const objects of readObjects(context.repository.git, paths.keys(), {
      onMissing: () => context.coverage.skipped('staged file', 'not in the object store'),
    })) {
      for (const { oid, content } of objects) {
        if (!content) context.coverage.skipped('staged file', 'too large');
        else for (const { path } of paths.get(oid)!) scanFile(path, content);
      }
      context.report('reading', files.length);
    }
  } else {
    const files = await listWorkingFiles(context.repository, workTree);
    for (const path of files) {
      scanNames(path);
      const content = await readWorkingFile(workTree, path);
      if (content) scanFile(path, content);
      else context.coverage.skipped('file', 'neither a plain file nor a link, or not readable');
      context.report('reading', files.length);
    }
  }
  return places;

  function scanNames(path: string): void {
    for (const name of new Set(path.split('/'))) {
      names.scan(Buffer.from(name, 'latin1'));
      for (const match of context.table.names.get(name) ?? []) context.gatherer.add({ match, carrier: 'path', path });
    }
  }

  function scanFile(path: string, content: Buffer): void {
    const { detector, table, gatherer, coverage, options } = context;
    const carrier = kind === 'staged' ? 'index' : 'working-tree';
    coverage.scanned('blob', 1, content.length);
    const matches = settle(detector.scan(content), detector, options.explain ?? false);
    if (matches.length === 0) return;
    places.set(
      path,
      locateInBuffer(
        content,
        [...new Set(matches.map((match) => match.secretStart))].sort((a, b) => a - b),
      ),
    );
    for (const match of matches) gatherer.add({ match: table.toObjectMatch(match), carrier, object: path, path });
  }
}
