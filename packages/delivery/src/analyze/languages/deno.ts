import type { Detection, Facts } from '../analysis.ts';
import { findVersion } from '../find-version.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';

const entries = ['main.ts', 'server.ts', 'app.ts', 'mod.ts', 'index.ts', 'src/main.ts', 'main.tsx', 'main.js'];

/** Applications for Deno: its settings name the tasks (https://docs.deno.com/runtime/fundamentals/configuration/). */
export function detectDeno(project: Project): Detection | undefined {
  const file = ['deno.json', 'deno.jsonc'].find((path) => project.has(path));
  const settings = file === undefined ? undefined : project.parse(file);
  if (file === undefined || settings === undefined) return undefined;
  const tasks = findTable(settings, 'tasks') ?? {};
  const imports = Object.entries(findTable(settings, 'imports') ?? {}).map(([name, target]) => `${name} ${String(target)}`);
  const framework = ['fresh', 'oak', 'hono'].find((name) => imports.some((line) => line.includes(`/${name}`)));
  const start = findStart(project, file, tasks);
  const version = findVersion(project, [
    { file: '.tool-versions', expression: /^deno\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^deno\s*=\s*"([^"]+)"/m, rule: 'mise' },
  ]);
  return {
    language: project.answer('deno', { rule: 'deno-settings', file }),
    ...(framework && { framework: project.answer(framework, { rule: 'deno-import', file, at: `/${framework}` }) }),
    ...(version && { version }),
    packageManager: project.answer('deno', { rule: 'deno-settings', file }),
    installCommand: project.answer('deno install', { rule: 'deno-install', confidence: 'medium', file }),
    ...('build' in tasks && { buildCommand: project.answer('deno task build', { rule: 'deno-build-task', file, at: '"build"' }) }),
    ...start,
    ...(start.startCommand && { port: project.answer(8000, { rule: 'deno-serve-port', confidence: 'low', file }) }),
  };
}

function findStart(project: Project, file: string, tasks: Record<string, unknown>): Pick<Facts, 'startCommand'> {
  if ('start' in tasks) return { startCommand: project.answer('deno task start', { rule: 'deno-start-task', file, at: '"start"' }) };
  const entry = entries.find((path) => project.has(path));
  if (entry === undefined) return {};
  return { startCommand: project.answer(`deno run --allow-all ${entry}`, { rule: 'deno-entry-file', confidence: 'medium', file: entry }) };
}
