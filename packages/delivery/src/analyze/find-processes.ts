import type { ProcessType } from './analysis.ts';
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
