import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '@deployguard/process';
import type { Artifact } from '../targets/target.ts';
import { endStrays, markOfBuilds } from './end-strays.ts';

/** A directory from which an application can be started. */
export interface FinishedBuild {
  /** The path is the application's root, where its command is run. */
  readonly artifact: Extract<Artifact, { kind: 'directory' }>;
  readonly start: string | readonly string[];
  /** What the start needs beside the application's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

interface BuildRecord {
  readonly name: string;
  readonly build: FinishedBuild;
}

/** A build whose record was written, and whose files are still there. */
export async function findFinishedBuild(buildsDirectory: string, digest: string): Promise<FinishedBuild | undefined> {
  const record = await loadRecord(buildsDirectory, digest);
  if (record === undefined) return undefined;
  const folder = await stat(record.build.artifact.path).catch(() => undefined);
  return folder?.isDirectory() ? record.build : undefined;
}

/** The record makes a build finished, all at once. */
export async function writeRecord(buildsDirectory: string, digest: string, name: string, build: FinishedBuild): Promise<void> {
  const path = recordPath(buildsDirectory, digest);
  await writeFile(`${path}.new`, JSON.stringify({ name, build } satisfies BuildRecord), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** Removes one build. Whatever runs from it must have been ended. */
export async function removeDirectoryBuild(buildsDirectory: string, digest: string): Promise<void> {
  const record = await loadRecord(buildsDirectory, digest);
  await rm(recordPath(buildsDirectory, digest), { force: true });
  if (record !== undefined) await removeTree(join(buildsDirectory, record.name));
}

/**
 * Removes the finished builds that none of these artifacts is: those whose deployment came to nothing before its release was in place. The caller
 * sees to it that no build is under way.
 */
export async function removeUnusedBuilds(buildsDirectory: string, used: readonly Artifact[]): Promise<void> {
  const kept = new Set(used.map(({ digest }) => digest));
  for (const name of await readdir(buildsDirectory).catch(() => [])) {
    const digest = digestOfRecord(name);
    if (digest !== undefined && !kept.has(digest)) await removeDirectoryBuild(buildsDirectory, digest);
  }
}

/**
 * Ends and removes what builds left behind that did not come to their end: of one whose process was killed, its commands may go on. The caller sees
 * to it that no build is under way.
 */
export async function clearUnfinishedBuilds(buildsDirectory: string): Promise<void> {
  await endStrays(markOfBuilds(buildsDirectory));
  const entries = await readdir(buildsDirectory, { withFileTypes: true }).catch(() => []);
  const kept = new Set<string>();
  for (const { name } of entries) {
    const digest = digestOfRecord(name);
    const record = digest === undefined ? undefined : await loadRecord(buildsDirectory, digest);
    if (record !== undefined) kept.add(record.name);
  }
  for (const entry of entries) {
    if (entry.isDirectory() && !kept.has(entry.name)) await removeTree(join(buildsDirectory, entry.name));
  }
}

async function loadRecord(buildsDirectory: string, digest: string): Promise<BuildRecord | undefined> {
  const text = await readFile(recordPath(buildsDirectory, digest), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as BuildRecord);
}

function recordPath(buildsDirectory: string, digest: string): string {
  return join(buildsDirectory, `${digest.replace(':', '-')}.json`);
}

function digestOfRecord(name: string): string | undefined {
  const hash = /^sha256-([0-9a-f]{64})\.json$/.exec(name)?.[1];
  return hash === undefined ? undefined : `sha256:${hash}`;
}
