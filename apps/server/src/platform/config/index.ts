export { loadBaseImages, loadPackageRegistries } from './build-settings.ts';
export type { Config } from './config-schema.ts';
export { describeConfig } from './describe-config.ts';
export { findHomes } from './find-homes.ts';
export { loadConfig } from './load-config.ts';
export type { ConfigSources, LoadedConfig } from './load-config.ts';
export { findEngineEnvironment, findSearchPath } from './search-path.ts';
