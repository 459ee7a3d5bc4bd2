import type { Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';

const entries = [
  'main.ts',
  'server.ts',
  'app.ts',
  'mod.ts',
  'index.ts',
  'src/main.ts',
  'src/server.ts',
  'src/index.ts',
  'main.tsx',
  'main.js',
];

/** Applications for Deno: its settings name the tasks (https://docs.deno.com/runtime/fundamentals/configuration/). */
export function detectDeno(project: Project): Detection | undefined {
  const file = ['deno.json', 'deno.jsonc'].find((path) => project.has(path));
  const settings = file === undefined ? undefined : project.parse(file);
  if (file === undefined) return detectByImport(project);
  if (settings === undefined) return undefined;
  const tasks = findTable(settings, 'tasks') ?? {};
  const framework = findFramework(project, [file, ...listImportMaps(settings)]);
  const start = findStart(project, file, tasks);
  const version = findVersion(project, [
    { file: '.tool-versions', expression: /^deno\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^deno\s*=\s*"([^"]+)"/m, rule: 'mise' },
  ]);
  return {
    language: project.answer('deno', { rule: 'deno-settings', file }),
    ...(framework && { framework }),
    ...(version && { version }),
    packageManager: project.answer('deno', { rule: 'deno-settings', file }),
    installCommand: project.answer('deno install', { rule: 'deno-install', confidence: 'medium', file }),
    ...('build' in tasks && { buildCommand: project.answer('deno task build', { rule: 'deno-build-task', file, at: '"build"' }) }),
    ...start,
    ...(start.startCommand && { port: project.answer(8000, { rule: 'deno-serve-port', confidence: 'low', file }) }),
  };
}

/** Imports may stand in a file of their own (https://docs.deno.com/runtime/fundamentals/configuration/). */
function listImportMaps({ importMap }: Record<string, unknown>): string[] {
  return typeof importMap === 'string' ? [importMap.replace(/^\.\//, '')] : [];
}

function findFramework(project: Project, files: readonly string[]): Answer<string> | undefined {
  for (const file of files) {
    const imports = Object.entries(findTable(project.parse(file), 'imports') ?? {}).map(([name, target]) => `${name} ${String(target)}`);
    const name = ['fresh', 'oak', 'hono'].find((framework) => imports.some((line) => line.includes(`/${framework}`)));
    if (name !== undefined) return project.answer(name, { rule: 'deno-framework-import', file, at: `/${name}` });
  }
  return undefined;
}

/** Deno needs no settings; what it alone can import says that it is meant. */
const denoImport = /^(?:import|export)\b[^;]{0,500}?\bfrom\s+["'](?:https:\/\/deno\.land\/|jsr:)/m;

function detectByImport(project: Project): Detection | undefined {
  if (project.has('package.json')) return undefined;
  const file = entries.find((path) => denoImport.test(project.text(path) ?? ''));
  if (file === undefined) return undefined;
  return {
    language: project.answer('deno', { rule: 'deno-import', confidence: 'medium', file, at: denoImport }),
    startCommand: project.answer(`deno run --allow-all ${file}`, { rule: 'deno-entry-file', confidence: 'medium', file }),
    port: project.answer(8000, { rule: 'deno-serve-port', confidence: 'low', file }),
  };
}

function findStart(project: Project, file: string, tasks: Record<string, unknown>): Pick<Facts, 'startCommand'> {
  if ('start' in tasks) return { startCommand: project.answer('deno task start', { rule: 'deno-start-task', file, at: '"start"' }) };
  const entry = entries.find((path) => project.has(path));
  if (entry === undefined) return {};
  return { startCommand: project.answer(`deno run --allow-all ${entry}`, { rule: 'deno-entry-file', confidence: 'medium', file: entry }) };
}
