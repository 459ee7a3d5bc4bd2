import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { findConfigDirectory } from '../config-directory.ts';
import type { CliContext } from '../context.ts';

/** What `deployguard login` keeps. */
export interface SavedLogins {
  /** The server that is meant when none is named. */
  readonly current?: string;
  readonly servers: Readonly<Record<string, SavedLogin>>;
}

interface SavedLogin {
  readonly apiKey: string;
  /** Authorities (PEM) that the server's certificate is checked with, besides the public ones. Absolute. */
  readonly caFile?: string;
}

/** In the user's configuration directory, readable by nobody else. */
export function loginsFile({ environment }: Pick<CliContext, 'environment'>): string {
  return join(findConfigDirectory(environment), 'servers.json');
}

/** @throws {CliError} `USAGE` when the file is none of ours. */
export async function loadLogins(context: Pick<CliContext, 'environment'>): Promise<SavedLogins> {
  const file = loginsFile(context);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { servers: {} };
    throw error;
  }
  try {
    const { current, servers } = JSON.parse(text) as Partial<SavedLogins>;
    const isWhole = typeof servers === 'object' && Object.values(servers).every(({ apiKey }) => typeof apiKey === 'string');
    if (isWhole) return { servers, ...(typeof current === 'string' && { current }) };
  } catch {
    // Told below, without what it holds.
  }
  throw new CliError('USAGE', `${file} is damaged. Remove it and sign in again with \`deployguard login\`.`);
}

/** Whole or not at all: the file takes its name when it is complete. */
export async function saveLogins(logins: SavedLogins, context: Pick<CliContext, 'environment'>): Promise<void> {
  const file = loginsFile(context);
  const directory = dirname(file);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(unfinished, `${JSON.stringify(logins, undefined, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    // The mask of the process may have taken rights away.
    await chmod(unfinished, 0o600);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
