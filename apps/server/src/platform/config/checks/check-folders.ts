import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config-schema.ts';
import { type Faults, problem } from './faults.ts';

/** Whether the folders that the service writes to are there, or can be made. */
export async function checkFolders({ dataDirectory, database, storage, worker, deployments }: Config): Promise<Faults> {
  const isDataHere = database.url === undefined || (storage.bucket === undefined && storage.endpointUrl === undefined);
  const folders: Readonly<Record<string, string | undefined>> = {
    dataDirectory: isDataHere ? dataDirectory : undefined,
    'worker.temporaryDirectory': worker.temporaryDirectory,
    'deployments.directory': deployments.directory,
  };
  const faults = await Promise.all(
    Object.entries(folders).map(async ([setting, folder]) => {
      const fault = folder === undefined ? undefined : await describeFault(resolve(folder));
      return fault === undefined ? [] : [`${setting}: ${folder} ${fault}`];
    }),
  );
  return problem(...faults.flat());
}

async function describeFault(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return 'is no folder. Name one, or take it away.';
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It is made; what counts is where.
    if (code === 'ENOENT') return dirname(folder) === folder ? undefined : describeParentFault(dirname(folder));
    return code === 'ENOTDIR'
      ? 'lies below something that is no folder. Name another.'
      : 'may not be written by this user. Give it the right, or name another.';
  }
}

async function describeParentFault(folder: string): Promise<string | undefined> {
  return (await describeFault(folder)) === undefined
    ? undefined
    : `cannot be made: ${folder} is no folder that this user may write to. Name another.`;
}
