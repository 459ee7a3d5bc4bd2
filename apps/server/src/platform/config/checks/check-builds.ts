import { loadBaseImages, loadPackageRegistries } from '../build-settings.ts';
import { ConfigError } from '../config-error.ts';
import type { Config } from '../config-schema.ts';
import { checkCertificates } from './check-certificates.ts';
import { type Faults, joinFaults, noFaults, problem } from './faults.ts';

/** Whether what builds are given can be read, and is what it should be. */
export async function checkBuilds({ builds, containers }: Pick<Config, 'builds' | 'containers'>): Promise<Faults> {
  const { caFile, ...files } = builds;
  return joinFaults([
    await listFaults(() => loadBaseImages(containers)),
    await listFaults(() => loadPackageRegistries(files)),
    caFile === undefined ? noFaults : await checkCertificates('builds.caFile', caFile),
  ]);
}

async function listFaults(load: () => Promise<unknown>): Promise<Faults> {
  try {
    await load();
    return noFaults;
  } catch (error) {
    if (error instanceof ConfigError) return problem(...error.problems);
    throw error;
  }
}
