import { describeJwtFaults, loadJwtIssuer } from '../../auth/index.ts';
import type { JwtIssuer } from '../../auth/index.ts';
import type { Config } from '../config-schema.ts';
import { type Faults, joinFaults, noFaults, problem } from './faults.ts';
import { readSettingFile } from './read-setting-file.ts';

/** Whether the keys of the issuers are there, fit their algorithms, and are safe. Those of a set are fetched when they are needed. */
export async function checkJwtIssuers({ jwtIssuers }: Config['auth']): Promise<Faults> {
  const loaded = await Promise.all(jwtIssuers.map(loadIssuer));
  const issuers = loaded.flatMap((each) => ('problems' in each ? [] : [each]));
  const faults = await Promise.all(issuers.map((issuer) => describeJwtFaults(issuer, issuers)));
  return joinFaults([
    ...loaded.flatMap((each) => ('problems' in each ? [each] : [])),
    problem(...faults.flat().map((what) => `auth.jwtIssuers: ${what}`)),
  ]);
}

async function loadIssuer(settings: Config['auth']['jwtIssuers'][number]): Promise<JwtIssuer | Faults> {
  const { issuer, publicKeyFile, secretFile } = settings;
  // Which of the three it is was checked before, and told.
  if ([settings.jwksUrl, publicKeyFile, secretFile].filter((each) => each !== undefined).length !== 1) return noFaults;
  const file = publicKeyFile ?? secretFile;
  if (file !== undefined) {
    const read = await readSettingFile(file);
    if ('fault' in read)
      return problem(`auth.jwtIssuers: ${issuer}: ${publicKeyFile === undefined ? 'secretFile' : 'publicKeyFile'}: ${read.fault}`);
  }
  return loadJwtIssuer(settings);
}
