import type { Project, SourceFile } from './project.ts';

/** Folders of programs that people call by hand. */
const tools = /^(?:scripts?|tools?|extra|hack|contrib)\//;

/** Whether a file is of a program that people call by hand: one that the build or the start names is part of the application. */
export function createToolTest(project: Project): (path: string) => boolean {
  const commands = ['package.json', 'composer.json', 'Procfile', 'Dockerfile', 'Makefile']
    .map((file) => project.text(file) ?? '')
    .join('\n');
  return (path) => tools.test(path) && !commands.includes(path.replace(/\.\w+$/, ''));
}

/** Code of what is started: not of tools, nor of modules of Go beside its own that no workspace holds together. */
export function listOwnSources(project: Project): readonly SourceFile[] {
  const isTool = createToolTest(project);
  const modules =
    project.has('go.mod') && !project.has('go.work')
      ? project.paths.filter((path) => path.endsWith('/go.mod')).map((path) => path.slice(0, -6))
      : [];
  return project.sources.filter(({ path }) => !isTool(path) && !modules.some((folder) => path.startsWith(folder)));
}

/** Blocks of a server beside the application: what sends users elsewhere, counts or shows the inner state. */
const beside = /redirect|metrics|prometheus|pprof|debug|telemetry|admin/i;

/** Whether one of the lines that lead to a place says that it belongs to a server beside the application. */
export function isBeside(heads: readonly string[]): boolean {
  return heads.some((line) => beside.test(line) && !/^(?:if|for|switch|case|import|package)\b/.test(line));
}
