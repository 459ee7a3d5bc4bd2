import type { Detection } from '../analysis.ts';
import type { Project } from '../project.ts';

const pages: readonly (readonly [page: string, folder: string])[] = [
  ['index.html', '.'],
  ['public/index.html', 'public'],
  ['dist/index.html', 'dist'],
  ['site/index.html', 'site'],
  ['www/index.html', 'www'],
];

/** Files that need no build: `index.html`, or a `Staticfile` that names their folder. */
export function detectStaticSite(project: Project): Detection | undefined {
  const root = /^root:\s*['"]?([\w./-]+)/m.exec(project.text('Staticfile') ?? '')?.[1];
  if (project.has('Staticfile')) {
    return {
      language: project.answer('static', { rule: 'staticfile', file: 'Staticfile' }),
      staticOutput: project.answer(root ?? findFolder(project) ?? '.', {
        rule: 'staticfile',
        file: 'Staticfile',
        ...(root && { at: /^root:/m }),
      }),
    };
  }
  const found = pages.find(([page]) => project.has(page));
  if (found === undefined || isPageOfProgram(project)) return undefined;
  const [file, folder] = found;
  return {
    language: project.answer('static', { rule: 'static-index-page', confidence: 'medium', file }),
    staticOutput: project.answer(folder, { rule: 'static-index-page', confidence: 'medium', file }),
  };
}

function findFolder(project: Project): string | undefined {
  return pages.find(([page]) => project.has(page))?.[1];
}

/** With Vite and its like, `index.html` is a source file. */
function isPageOfProgram(project: Project): boolean {
  return project.has('package.json') && /"build"\s*:/.test(project.text('package.json') ?? '');
}
