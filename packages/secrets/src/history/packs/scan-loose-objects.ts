import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { hashBytesOf, isObjectId, parseTree } from '@deployguard/git';
import { turnMilliseconds } from './local-walker.ts';
import { listNames } from './load-packs.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { Matcher } from './matcher.ts';
import { readLooseObject } from './read-loose-object.ts';
import type { ResultGatherer } from './result-gatherer.ts';
import type { ScanPacksOptions } from './scan-packs.ts';

/** An object is read as a whole; the rest is git's. */
const maxObjectBytes = 64 << 20;

export interface LooseFile {
  readonly oid: string;
  readonly path: string;
}

export interface ScanLooseContext {
  readonly options: ScanPacksOptions;
  readonly getMatcher: () => Promise<Matcher>;
  readonly isPacked: (id: Buffer) => boolean;
  readonly gatherer: ResultGatherer;
  readonly graph?: GraphBuilder;
}

/** Scans the loose objects that no pack holds. Returns a test for the ids that were met. */
export async function scanLooseObjects(
  files: readonly LooseFile[],
  { options, getMatcher, isPacked, gatherer, graph }: ScanLooseContext,
): Promise<(oid: string) => boolean> {
  const met = new Set<string>();
  const names = new Set<string>();
  let turnEnd = performance.now() + turnMilliseconds;
  for (const { oid, path } of files) {
    if (met.has(oid) || isPacked(Buffer.from(oid, 'hex'))) continue;
    met.add(oid);
    if (options.onGathered) gatherer.leave(oid, 'loose');
    else scanLooseObject(oid, path, await getMatcher());
    if (performance.now() < turnEnd) continue;
    await setImmediate();
    options.signal?.throwIfAborted();
    turnEnd = performance.now() + turnMilliseconds;
  }
  return (oid) => met.has(oid);

  function scanLooseObject(oid: string, path: string, matcher: Matcher): void {
    const object = readLooseObject(path, maxObjectBytes);
    if (typeof object === 'string') {
      gatherer.leave(oid, object);
      return;
    }
    const { type, content } = object;
    if (type !== 'tree') {
      const matches = matcher.scan(content, (unread) => gatherer.addUnread(oid, unread));
      gatherer.addObject(oid, type, options.keepDropped ? matches : matches.filter(({ dropped }) => dropped === undefined));
    } else if (!scanTree(content, matcher)) {
      gatherer.leave(oid, 'unreadable');
      return;
    }
    gatherer.count(type, 1, content.length);
    graph?.addObject(oid, type, content);
  }

  function scanTree(content: Buffer, matcher: Matcher): boolean {
    const entries = parseTree(content, hashBytesOf(options.objectFormat));
    for (const { name } of entries) {
      const text = name.toString('latin1');
      if (names.has(text)) continue;
      names.add(text);
      const matches = matcher.scan(name, () => {});
      gatherer.addName(text, options.keepDropped ? matches : matches.filter(({ dropped }) => dropped === undefined));
    }
    return (entries.at(-1)?.end ?? 0) === content.length;
  }
}

/** Whatever is called like a loose object; gitformat-loose(5). */
export async function listLooseObjects(objectDirectories: readonly string[]): Promise<LooseFile[]> {
  const objects: LooseFile[] = [];
  for (const directory of objectDirectories) {
    for (const start of await listNames(directory)) {
      if (!/^[0-9a-f]{2}$/.test(start)) continue;
      for (const rest of await listNames(join(directory, start))) {
        if (isObjectId(start + rest)) objects.push({ oid: start + rest, path: join(directory, start, rest) });
      }
    }
  }
  return objects;
}
