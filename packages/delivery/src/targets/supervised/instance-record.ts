import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance, InstanceState } from '../target.ts';
import type { ProcessIdentity } from '../process/process-table.ts';

/** What is known of an instance of a target of this machine: a file in its directory, kept by its supervisor. */
export interface InstanceRecord {
  readonly instance: Instance;
  /** The program itself, which leads a session; a new one after each restart. */
  readonly program?: ProcessIdentity;
  readonly state: Omit<InstanceState, 'listeningPorts'>;
}

/** Where things of an instance stand. */
export interface InstanceFiles {
  readonly directory: string;
  readonly record: string;
  readonly lock: string;
  readonly stop: string;
  readonly log: string;
  readonly errors: string;
  readonly input: string;
  readonly home: string;
  readonly temporary: string;
}

export function instanceFiles(directory: string): InstanceFiles {
  const at = (name: string): string => join(directory, name);
  return {
    directory,
    record: at('instance.json'),
    lock: at('supervisor.json'),
    stop: at('stop.json'),
    log: at('log'),
    errors: at('supervisor.log'),
    input: at('input'),
    home: at('home'),
    temporary: at('tmp'),
  };
}

export function readRecord({ record }: InstanceFiles): InstanceRecord | undefined {
  return readJson<InstanceRecord>(record);
}

export function writeRecord({ record }: InstanceFiles, content: InstanceRecord): void {
  writeJson(record, content);
}

/** Undefined when it is not there, or not whole. */
export function readJson<Content>(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}

/** Readers see all of it or what was there before. */
export function writeJson(path: string, content: unknown): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
  renameSync(temporary, path);
}

export function makeInstanceDirectories(files: InstanceFiles): void {
  for (const path of [files.directory, files.home, files.temporary]) mkdirSync(path, { recursive: true, mode: 0o700 });
}
