import type { Detection, ProcessType } from './analysis.ts';
import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

const maxProcesses = 50;

/** The processes that a Procfile names, as they stand there (https://devcenter.heroku.com/articles/procfile). */
export function findProcesses(project: Project): Answer<ProcessType>[] {
  const lines = (project.text('Procfile') ?? '').split(/\r?\n/);
  return lines
    .flatMap((line) => {
      const match = /^([A-Za-z0-9_-]{1,63}):[ \t]*(\S.*)$/.exec(line);
      if (match === null) return [];
      return [project.answer({ name: match[1]!, command: match[2]!.trim() }, { rule: 'procfile', file: 'Procfile', at: line })];
    })
    .slice(0, maxProcesses);
}

const fileServer =
  /^(?:cd\s+([\w./-]{1,200})\s*&&\s*)?(?:exec\s+)?python[\d.]*\s+-m\s+(?:SimpleHTTPServer|http\.server)(?=\s|$)(?:[^&|;]{0,200}?\s(?:-d|--directory)[ =]([\w./-]{1,200}))?/;

/** Pages for which a server of files does, where the web process is the one that Python brings for developers. */
export function findServedPages(project: Project, processes: readonly Answer<ProcessType>[]): Detection | undefined {
  const web = processes.find(({ value }) => value.name === 'web');
  const match = fileServer.exec(web?.value.command ?? '');
  if (web === undefined || match === null) return undefined;
  const folder = (match[2] ?? match[1] ?? '.').replace(/^\.\//, '').replace(/\/$/, '');
  if (!project.has(folder === '.' ? 'index.html' : `${folder}/index.html`)) return undefined;
  const basis = { rule: 'procfile-file-server', file: 'Procfile', at: 'web:' };
  return { language: project.answer('static', basis), staticOutput: project.answer(folder, basis) };
}
