import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Example, type ExampleSet, type Field, serveFiles, servePhp } from './example.ts';
import { findLanguageByName, toLanguage } from './labels.ts';
import { whatPlanSays } from './what-a-plan-says.ts';

interface Phase {
  readonly cmds?: readonly string[] | null;
}

interface Snapshot {
  readonly variables?: Readonly<Record<string, string>>;
  readonly staticAssets?: Readonly<Record<string, string>>;
  readonly phases?: Readonly<Record<string, Phase>>;
  readonly start?: { readonly cmd?: string };
}

/** The examples of Nixpacks (https://github.com/railwayapp/nixpacks): `examples/*` and the plans that its tests expect in `tests/snapshots`. */
export function readNixpacks(root: string): ExampleSet {
  const names = readdirSync(join(root, 'examples')).sort();
  const plan = (name: string): string => join(root, 'tests/snapshots', `generate_plan_tests__${name.replaceAll('-', '_')}.snap`);
  return {
    name: 'Nixpacks',
    examples: names.filter((name) => existsSync(plan(name))).map((name) => readExample(root, name, plan(name))),
    leftOut: names.filter((name) => !existsSync(plan(name))).map((name) => ({ name, reason: 'no snapshot' })),
  };
}

function readExample(root: string, name: string, plan: string): Example {
  const folder = join(root, 'examples', name);
  // A header stands before the plan.
  const snapshot = JSON.parse(readFileSync(plan, 'utf8').replace(/^---\n[^]*?\n---\n/, '')) as Snapshot;
  const { variables = {}, phases = {} } = snapshot;
  const label = variables['NIXPACKS_METADATA']?.split(',')[0];
  const language = label === undefined ? findLanguageByName(name) : toLanguage(label);
  const [install, build] = [phases['install']?.cmds ?? [], phases['build']?.cmds ?? []];
  const start = toStart(snapshot);
  return {
    name,
    folder,
    said: whatPlanSays(name, folder, { language, install, build, start }),
    leftOut: listConfigured(folder),
  };
}

/** Caddy and nginx serve the folder that a variable or their settings name. */
function toStart({ variables = {}, staticAssets = {}, start }: Snapshot): string | undefined {
  const command = start?.cmd;
  if (command?.includes('php-fpm')) return `${servePhp} ${withoutTop(variables['NIXPACKS_PHP_ROOT_DIR'] ?? '')}`;
  if (command?.includes('caddy run')) return `${serveFiles} ${variables['NIXPACKS_SPA_OUTPUT_DIR'] ?? '.'}`;
  const root = /^\s*root\s+(\/app\S*);/m.exec(staticAssets['nginx.conf'] ?? '')?.[1];
  return command?.includes('nginx') ? `${serveFiles} ${withoutTop(root ?? '')}` : command;
}

function withoutTop(path: string): string {
  return path.replace(/^\/app\/?/, '') || '.';
}

function listConfigured(folder: string): Partial<Record<Field, string>> {
  const file = ['nixpacks.toml', 'nixpacks.json'].find((path) => existsSync(join(folder, path)));
  const settings = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
  const environment = existsSync(join(folder, 'test.env')) ? readFileSync(join(folder, 'test.env'), 'utf8') : '';
  const reason = `set in ${file}`;
  return {
    ...(existsSync(join(folder, 'Procfile')) && { startCommand: 'set in Procfile' }),
    ...(/^providers\b/m.test(settings) && { language: reason }),
    ...(/^\[phases\.build\]/m.test(settings) && { buildCommand: reason }),
    ...(/^\[start\]|"start"\s*:|^NIXPACKS_PHP_ROOT_DIR/m.test(settings) && { startCommand: reason }),
    ...(environment.includes('NIXPACKS_INSTALL_CMD') && { installCommand: 'set in test.env' }),
    ...(environment.includes('NIXPACKS_BUILD_CMD') && { buildCommand: 'set in test.env' }),
    ...(/START_CMD/.test(environment) && { startCommand: 'set in test.env' }),
    ...(environment.includes('NIXPACKS_SPA_OUT_DIR') && { startCommand: 'set in test.env', staticOutput: 'set in test.env' }),
  };
}
