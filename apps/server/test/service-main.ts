// A part of the service, with one feature more, in a process of its own: service-main.ts serve|api|worker|scheduler
import { once } from 'node:events';
import { createFeatures } from '../src/features/create-features.ts';
import { loadConfig, startService } from '../src/index.ts';
import type { ServicePart } from '../src/index.ts';
import { createWorkFeature } from './work-feature.ts';

const { config, warnings } = loadConfig({ environment: process.env, workingDirectory: process.cwd() });
const service = await startService(process.argv[2] as ServicePart, {
  config,
  warnings,
  createFeatures: (platform) => [...createFeatures(platform), createWorkFeature(platform)],
  graceSeconds: 1,
});
console.log(JSON.stringify({ msg: 'ready', url: service.url }));
const failure = await Promise.race([service.failed, once(process, 'SIGTERM').then(() => undefined)]);
await service.stop();
process.exit(failure === undefined ? 0 : 1);
