import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

const file = 'start.sh';

/** The script by which the authors start an application when no manifest says how. A shell is named by its first line; without one, any will do. */
export function findStartScript(project: Project): Answer<string> | undefined {
  if (!project.has(file)) return undefined;
  const shell = /^#!\s*\/(?:\S*\/)?(?:env\s+)?((?:ba|da|z|k)?sh)\b/.exec(project.text(file) ?? '')?.[1] ?? 'sh';
  return project.answer(`${shell} ${file}`, { rule: 'start-script', confidence: 'medium', file });
}
