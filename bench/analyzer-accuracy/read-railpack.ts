import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Example, type ExampleSet, type Field, serveFiles, servePhp } from './example.ts';
import { findLanguageByName } from './labels.ts';
import { whatPlanSays } from './what-a-plan-says.ts';
import { parseCommentedJson } from './parse-commented-json.ts';

interface Snapshot {
  readonly deploy: { readonly startCommand?: string };
  readonly steps: readonly {
    readonly name: string;
    readonly commands?: readonly { readonly cmd?: string }[];
    readonly assets?: Readonly<Record<string, string>>;
  }[];
}

interface TestCase {
  readonly httpCheck?: { readonly internalPort?: number };
  readonly envs?: Readonly<Record<string, string>>;
  readonly configFile?: string;
  readonly shouldFail?: boolean;
}

/**
 * The examples of Railpack (https://github.com/railwayapp/railpack): `examples/*`, the plans that its tests expect in `core/__snapshots__`, and
 * the port that `test.json` asks.
 */
export function readRailpack(root: string): ExampleSet {
  const names = readdirSync(join(root, 'examples')).sort();
  const plan = (name: string): string => join(root, 'core/__snapshots__', `TestGenerateBuildPlanForExamples_${name}_1.snap.json`);
  return {
    name: 'Railpack',
    examples: names.filter((name) => existsSync(plan(name))).map((name) => readExample(root, name, plan(name))),
    leftOut: names.filter((name) => !existsSync(plan(name))).map((name) => ({ name, reason: 'no snapshot' })),
  };
}

function readExample(root: string, name: string, plan: string): Example {
  const folder = join(root, 'examples', name);
  const { deploy, steps } = JSON.parse(readFileSync(plan, 'utf8')) as Snapshot;
  const commandsOf = (step: RegExp): string[] =>
    steps.filter((known) => step.test(known.name)).flatMap(({ commands = [] }) => commands.flatMap(({ cmd }) => cmd ?? []));
  const install = commandsOf(/^install/);
  const build = commandsOf(/^build/);
  const assets = Object.assign({}, ...steps.map((step) => step.assets ?? {})) as Readonly<Record<string, string>>;
  const start = toStart(deploy.startCommand, assets['Caddyfile'], existsSync(join(folder, 'artisan')));
  const language = findLanguageByName(name);
  const { port, reason: withoutPort } = readPort(join(folder, 'test.json'));
  const isOwnServer = start !== undefined && !start.includes(serveFiles) && !start.includes(servePhp);
  return {
    name,
    folder,
    said: {
      ...whatPlanSays(name, folder, { language, install, build, start }),
      ...(port !== undefined && isOwnServer && { port: String(port) }),
    },
    leftOut: { ...listConfigured(folder), ...(withoutPort && isOwnServer && { port: withoutPort }) },
  };
}

/** Caddy serves files, and FrankenPHP PHP, from the root that their Caddyfile names. The container's script migrates Laravel's database before. */
function toStart(command: string | undefined, caddyfile: string | undefined, isLaravel: boolean): string | undefined {
  const root = /^\s*root \* (?:\/app\/?)?(\S*)/m.exec(caddyfile ?? '')?.[1] || '.';
  if (command?.includes('caddy run')) return `${serveFiles} ${root}`;
  if (command === '/start-container.sh') return `${isLaravel ? 'php artisan migrate && ' : ''}${servePhp} ${root}`;
  return command;
}

/** Cases that change the configuration or the port are about that. */
function readPort(file: string): { readonly port?: number; readonly reason?: string } {
  const cases = (parseCommentedJson(readFileSync(file, 'utf8')) as TestCase[]).filter(({ httpCheck }) => httpCheck !== undefined);
  const isConfigured = ({ envs = {}, configFile, shouldFail }: TestCase): boolean =>
    configFile !== undefined || shouldFail === true || Object.keys(envs).some((name) => name === 'PORT' || name.startsWith('RAILPACK_'));
  const port = cases.find((testCase) => !isConfigured(testCase))?.httpCheck?.internalPort;
  if (port !== undefined) return { port };
  return cases.length > 0 ? { reason: 'set in test.json' } : {};
}

function listConfigured(folder: string): Partial<Record<Field, string>> {
  const path = join(folder, 'railpack.json');
  const settings = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const reason = 'set in railpack.json';
  return {
    ...(existsSync(join(folder, 'Procfile')) && { startCommand: 'set in Procfile' }),
    ...(/"provider"\s*:/.test(settings) && { language: reason }),
    ...(/"install"\s*:\s*\{/.test(settings) && { installCommand: reason, packageManager: reason }),
    ...(/"build"\s*:\s*\{/.test(settings) && { buildCommand: reason, installCommand: reason }),
    ...(/"startCommand"\s*:/.test(settings) && { startCommand: reason }),
  };
}
