import type { Project } from '../project.ts';
import { stripComments } from '../strip-comments.ts';
import { cleanFolder } from './node-settings.ts';

/** A program that makes pages of a project for Node, and leaves no server behind. */
export interface SiteGenerator {
  readonly id: string;
  readonly library: string | RegExp;
  readonly build: string;
  readonly folder: (project: Project) => string;
  readonly isUsed?: (project: Project) => boolean;
}

/** The folders are those that their documentation names, where no setting says otherwise. */
export const siteGenerators: readonly SiteGenerator[] = [
  { id: 'docusaurus', library: '@docusaurus/core', build: 'docusaurus build', folder: () => 'build' },
  {
    id: 'eleventy',
    library: '@11ty/eleventy',
    build: 'eleventy',
    folder: (project) =>
      findIn(project, 'package.json', /\beleventy\b[^"]{0,200}\s--output[ =]([\w./-]+)/) ?? findEleventyOutput(project) ?? '_site',
  },
  { id: 'vitepress', library: 'vitepress', build: 'vitepress build', folder: (project) => besideSource(project, 'vitepress') },
  { id: 'vuepress', library: 'vuepress', build: 'vuepress build', folder: (project) => besideSource(project, 'vuepress') },
  {
    id: 'hexo',
    library: 'hexo',
    build: 'hexo generate',
    folder: (project) => findIn(project, '_config.yml', /^public_dir:\s*([\w./-]+)/m) ?? 'public',
  },
  {
    id: 'vue-cli',
    library: '@vue/cli-service',
    build: 'vue-cli-service build',
    folder: (project) => findIn(project, 'vue.config.js', /\boutputDir\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/) ?? 'dist',
  },
  { id: 'umi', library: /^(?:umi|@umijs\/max)$/, build: 'umi build', folder: () => 'dist' },
  { id: 'ember', library: 'ember-cli', build: 'ember build --environment=production', folder: () => 'dist' },
  { id: 'preact-cli', library: 'preact-cli', build: 'preact build', folder: () => 'build' },
  { id: 'stencil', library: '@stencil/core', build: 'stencil build', folder: () => 'www' },
  // https://www.sanity.io/docs/cli-reference/cli-build
  { id: 'sanity', library: /^(?:sanity|@sanity\/core)$/, build: 'sanity build', folder: () => 'dist', isUsed: isIn(/\bsanity build\b/) },
  {
    // It makes libraries too, of other sources than pages (https://parceljs.org/features/cli/).
    id: 'parcel',
    library: /^parcel(?:-bundler)?$/,
    build: 'parcel build',
    folder: (project) =>
      findIn(project, 'package.json', /\bparcel build\b[^"]{0,200}\s(?:--dist-dir|--out-dir|-d)[ =]([\w./-]+)/) ?? 'dist',
    isUsed: (project) =>
      isIn(/\bparcel build\b/)(project) && isIn(/"source"\s*:\s*"[^"]{1,200}\.html"|\bparcel build\b[^"]{0,200}\.html\b/)(project),
  },
  { id: 'brunch', library: 'brunch', build: 'brunch build --production', folder: () => 'public' },
];

/** https://www.11ty.dev/docs/config/#output-directory */
function findEleventyOutput(project: Project): string | undefined {
  const named = findIn(project, 'package.json', /\beleventy\b[^"]{0,200}\s--config[ =](?:\.\/)?([\w./-]+)/);
  const files = ['.eleventy.js', 'eleventy.config.js', 'eleventy.config.mjs', 'eleventy.config.cjs'];
  const file = (named === undefined ? files : [named]).find((path) => project.has(path));
  const text = file === undefined ? '' : stripComments(file, project.text(file) ?? '');
  const setting =
    /\bdir['"]?\s{0,9}:\s{0,9}\{[^{}]{0,500}?\boutput['"]?\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/.exec(text) ??
    /\bsetOutputDirectory\(\s{0,9}['"`]([\w./-]+)['"`]/.exec(text);
  return setting === null ? undefined : cleanFolder(setting[1]!);
}

/** Those that write beside their sources are told where these are: `vitepress build docs`. */
function besideSource(project: Project, program: 'vitepress' | 'vuepress'): string {
  const source =
    findIn(project, 'package.json', program === 'vitepress' ? /\bvitepress build ([\w./-]+)/ : /\bvuepress build ([\w./-]+)/) ?? '.';
  const output = `.${program}/dist`;
  return source === '.' ? output : `${source.replace(/^\.\//, '').replace(/\/$/, '')}/${output}`;
}

function isIn(expression: RegExp): (project: Project) => boolean {
  return (project) => expression.test(project.text('package.json') ?? '');
}

function findIn(project: Project, file: string, setting: RegExp): string | undefined {
  return setting.exec(project.text(file) ?? '')?.[1];
}
