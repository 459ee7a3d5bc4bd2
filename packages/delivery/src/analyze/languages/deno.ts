import type { Detection, Facts } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findVersion } from '../find-version.ts';
import { findTable } from '../list-members.ts';
import { isRecord, type Project } from '../project.ts';

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
  const start = findStart(project, file, settings, tasks);
  const entry = findEntry(project, start.startCommand?.value, tasks);
  const version = findVersion(project, [
    { file: '.tool-versions', expression: /^deno\s+(\S+)/m, rule: 'tool-versions' },
    { file: 'mise.toml', expression: /^deno\s*=\s*"([^"]+)"/m, rule: 'mise' },
  ]);
  return {
    language: project.answer('deno', { rule: 'deno-settings', file }),
    ...(framework && { framework }),
    ...(version && { version }),
    packageManager: project.answer('deno', { rule: 'deno-settings', file }),
    installCommand: project.answer(entry === undefined ? 'deno install' : install(entry), {
      rule: 'deno-install',
      confidence: 'medium',
      file,
    }),
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
    const name = ['fresh', 'oak', 'hono'].find((framework) =>
      imports.some((line) => line.includes(`/${framework}`) || line.includes(`@${framework}/`)),
    );
    if (name !== undefined) return project.answer(name, { rule: 'deno-framework-import', file, at: new RegExp(`[@/]${name}`) });
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
    installCommand: project.answer(install(file), { rule: 'deno-install', confidence: 'medium', file }),
    startCommand: project.answer(`${servePlace}deno run --allow-all ${file}`, { rule: 'deno-entry-file', confidence: 'medium', file }),
    port: project.answer(8000, { rule: 'deno-serve-port', confidence: 'low', file }),
  };
}

/** What `Deno.serve` and `deno serve` listen on, whatever the program says (https://docs.deno.com/runtime/reference/env_variables/). */
const servePlace = 'DENO_SERVE_ADDRESS=tcp:0.0.0.0:${PORT:-8000} ';

/** Imports may stand in the program alone. */
function install(entry: string): string {
  return `deno install --entrypoint ${entry}`;
}

/** The file that is run in the end, else one with a usual name. */
function findEntry(project: Project, command: string | undefined, tasks: Record<string, unknown>): string | undefined {
  const task = /\bdeno task (\S+)$/.exec(command ?? '')?.[1];
  const line = task === undefined ? (command ?? '') : resolveTask(tasks, task);
  const named = line.match(/(?<=\s)(?:\.\/)?[\w./-]+\.[mc]?[jt]sx?(?=\s|$)/g);
  return named?.find((path) => project.has(path.replace(/^\.\//, ''))) ?? entries.find((path) => project.has(path));
}

/** What a task runs, which may be another one: a line, or a table with a `command`. */
function resolveTask(tasks: Record<string, unknown>, name: string): string {
  let command = '';
  for (let next: string | undefined = name, hops = 0; next !== undefined && hops < 5; hops++) {
    const task: unknown = Object.hasOwn(tasks, next) ? tasks[next] : undefined;
    const line: unknown = isRecord(task) ? task['command'] : task;
    command = typeof line === 'string' ? line.slice(0, 1000) : '';
    next = /^deno task ([\w:.-]{1,60})$/.exec(command.trim())?.[1];
  }
  return command;
}

/** Servers for the developer: `dev.ts` is Fresh's (https://fresh.deno.dev/docs/deployment). */
const forDevelopment = /\s--watch\b|(?:^|[\s/])dev\.[jt]sx?(?!\S)|(?:^|[\s/:])vite(?!\S)(?!\s+(?:build|preview)\b)/;

function findStart(
  project: Project,
  file: string,
  settings: Record<string, unknown>,
  tasks: Record<string, unknown>,
): Pick<Facts, 'startCommand'> {
  const lines = ['start', 'serve', 'preview'].map((name) => ({ name, line: resolveTask(tasks, name) }));
  const task = lines.find(
    ({ name, line }) => !forDevelopment.test(line) && (name === 'start' ? name in tasks : /^deno (?:run|serve)\s/.test(line)),
  );
  if (task !== undefined)
    return {
      startCommand: project.answer(`${servePlace}deno task ${task.name}`, {
        rule: `deno-${task.name}-task`,
        confidence: task.name === 'start' ? 'high' : 'medium',
        file,
        at: `"${task.name}"`,
      }),
    };
  const imports = JSON.stringify(findTable(settings, 'imports') ?? {});
  // What the build of Fresh 2 leaves.
  if (/\bjsr:@fresh\/core@[~^]?2\./.test(imports) && 'build' in tasks)
    return {
      startCommand: project.answer(`${servePlace}deno serve --allow-all _fresh/server.js`, {
        rule: 'deno-fresh-server',
        confidence: 'medium',
        file,
        at: '@fresh/core',
      }),
    };
  const unwatched = lines[0]!.line.replaceAll(/\s--watch(?:-hmr|-exclude)?(?:=\S{0,500})?(?=\s)/g, '');
  if (/^deno (?:run|serve) [^&|;<>()$`\n]+$/.test(unwatched) && !forDevelopment.test(unwatched))
    return {
      startCommand: project.answer(`${servePlace}${unwatched}`, { rule: 'deno-start-task', confidence: 'medium', file, at: '"start"' }),
    };
  const entry = entries.find((path) => project.has(path));
  if (entry === undefined) return {};
  return {
    startCommand: project.answer(`${servePlace}deno run --allow-all ${entry}`, {
      rule: 'deno-entry-file',
      confidence: 'medium',
      file: entry,
    }),
  };
}
