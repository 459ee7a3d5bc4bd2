import type { PackageRegistries } from '@deployguard/delivery';
import { parse as parseYaml } from 'yaml';
import { ConfigError } from './config-error.ts';
import { readSettingFile } from './checks/read-setting-file.ts';
import type { Config } from './config-schema.ts';

/** What stands for the images that Dockerfiles name. @throws {ConfigError} */
export async function loadBaseImages({ baseImagesFile: file }: Config['containers']): Promise<Record<string, string>> {
  if (file === undefined) return {};
  const content = fromYaml(await readFile('containers.baseImagesFile', file));
  if (!isMap(content))
    throw new ConfigError([
      `containers.baseImagesFile: ${file} is no list of images such as "node: registry.example.com/base/node@sha256:…".`,
    ]);
  return content;
}

/** Where package managers of builds fetch from, and whom they trust. @throws {ConfigError} */
export async function loadPackageRegistries({
  npmrcFile,
  pipConfFile,
  cargoConfigFile,
  mavenSettingsFile,
  caFile,
  goProxy,
  goSumDb,
}: Config['builds']): Promise<PackageRegistries> {
  const read = async (setting: string, file: string | undefined): Promise<string | undefined> =>
    file === undefined ? undefined : readFile(`builds.${setting}`, file);
  const settings = {
    npmrc: await read('npmrcFile', npmrcFile),
    pipConf: await read('pipConfFile', pipConfFile),
    cargoConfig: await read('cargoConfigFile', cargoConfigFile),
    mavenSettings: await read('mavenSettingsFile', mavenSettingsFile),
    authorities: await read('caFile', caFile),
    goProxy,
    goSumDb,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

async function readFile(setting: string, file: string): Promise<string> {
  const read = await readSettingFile(file);
  if ('fault' in read) throw new ConfigError([`${setting}: ${read.fault}`]);
  return read.text;
}

function fromYaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((entry) => typeof entry === 'string')
  );
}
