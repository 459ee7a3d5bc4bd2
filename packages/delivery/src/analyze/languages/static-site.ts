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
  const hugo = detectHugo(project);
  if (hugo !== undefined) return hugo;
  const found = pages.find(([page, folder]) => project.has(page) && !isPageOfProgram(project, folder));
  if (found === undefined || isPageOfProgram(project)) return undefined;
  const [file, folder] = found;
  return {
    language: project.answer('static', { rule: 'static-index-page', confidence: 'medium', file }),
    staticOutput: project.answer(folder, { rule: 'static-index-page', confidence: 'medium', file }),
  };
}

/** A site that Hugo builds (https://gohugo.io/getting-started/directory-structure/); before 0.110 its settings had a name that others have too. */
function detectHugo(project: Project): Detection | undefined {
  const isIn = (folder: string): boolean => project.paths.some((path) => path.startsWith(`${folder}/`));
  const own = ['hugo.toml', 'hugo.yaml', 'hugo.json', 'config/_default/hugo.toml'].find((path) => project.has(path));
  const old = ['config.toml', 'config.yaml'].find((path) => isHugoSettings(project.text(path) ?? ''));
  const file = own ?? (old !== undefined && ['archetypes', 'layouts', 'themes'].some(isIn) ? old : undefined);
  if (file === undefined || !isIn('content')) return undefined;
  const folder = /^publishDir\s*[:=]\s*["']?([\w./-]{1,100})/im.exec(project.text(file) ?? '')?.[1] ?? 'public';
  const basis = { rule: 'hugo-settings', file, confidence: 'medium' } as const;
  const message = 'Hugo is no package of a language: what builds this needs the program `hugo`, such as an image that has it.';
  return {
    language: project.answer('static', basis),
    framework: project.answer('hugo', { ...basis, confidence: 'high' }),
    buildCommand: project.answer('hugo --minify', basis),
    staticOutput: project.answer(folder, basis),
    remarks: [{ about: 'build', file, message }],
  };
}

/** Zola's are much the same, but for `base_url`. */
function isHugoSettings(text: string): boolean {
  return /^(?:baseurl|title|theme|publishdir)\s{0,9}[:=]/im.test(text) && !/^base_url\s{0,9}=/m.test(text);
}

function findFolder(project: Project): string | undefined {
  return pages.find(([page]) => project.has(page))?.[1];
}

/** With Vite and its like, `index.html` is a source file. */
function isPageOfProgram(project: Project, folder = '.'): boolean {
  const manifest = folder === '.' ? 'package.json' : `${folder}/package.json`;
  return project.has(manifest) && /"build"\s*:/.test(project.text(manifest) ?? '');
}
