import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
import {
  findAstroFolder,
  findAstroServer,
  findNitroServer,
  findReactRouterServer,
  findRemixServer,
  findSvelteServer,
  listSvelteAdapters,
  type BuiltServer,
} from './node-adapters.ts';
import { cleanFolder, findSettings } from './node-settings.ts';
import { siteGenerators } from './node-site-generators.ts';

/** A framework as it is used in a project. */
export interface NodeFramework {
  readonly id: string;
  readonly library: string;
  readonly answer: Answer<string>;
  readonly build?: string;
  /** What a build needs to be told, such as `NAME=value`. */
  readonly buildVariables?: string;
  /** `npx` stands for whatever the package manager runs programs with. */
  readonly start?: string;
  /** What is missing for a start. */
  readonly lack?: string;
  readonly port?: number;
  readonly staticOutput?: Answer<string>;
  /** The settings say that there is no server, whatever the scripts say. */
  readonly isOnlyStatic?: boolean;
}

interface Known {
  readonly id: string;
  readonly library: string | RegExp;
  readonly build?: string;
  /** The package that builds, when the library does not bring it. */
  readonly builder?: string;
  readonly start?: string;
  /** Where the start depends on how it is built. */
  readonly findServer?: (project: Project, libraries: readonly string[]) => BuiltServer;
  readonly port?: number;
  /** Only a server, which tests and proxies of developers are written with too. */
  readonly isServer?: boolean;
  /** Whether it is used as more than a part of other tools. */
  readonly isUsed?: (project: Project) => boolean;
  /** Folder of files when there is no server. */
  readonly findStatic?: (project: Project, libraries: readonly string[]) => StaticSite | undefined;
}

interface StaticSite {
  readonly folder: string;
  readonly rule: string;
  readonly file?: string;
  readonly at?: RegExp;
  readonly isOnlyStatic?: boolean;
}

/** Those that bring others with them come first: Next has React, Nest has Express. */
const frameworks: readonly Known[] = [
  { id: 'nextjs', library: 'next', build: 'next build', start: 'npx next start', port: 3000, findStatic: findNextExport },
  {
    id: 'nuxt',
    library: /^nuxt(?:3|-nightly)?$/,
    build: 'nuxt build',
    findServer: (project) => findNitroServer(project, 'nuxt'),
    port: 3000,
    findStatic: findNuxtStatic,
  },
  {
    id: 'react-router',
    library: '@react-router/dev',
    build: 'react-router build',
    findServer: findReactRouterServer,
    port: 3000,
    findStatic: findReactRouterSpa,
  },
  {
    id: 'remix',
    library: /^@remix-run\/(?:node|dev|serve|react)$/,
    builder: '@remix-run/dev',
    findServer: findRemixServer,
    port: 3000,
    findStatic: findRemixSpa,
  },
  // What its build leaves behind depends on what it is deployed with.
  { id: 'tanstack-start', library: /^@tanstack\/(?:react|solid)-start$/, build: 'vite build', builder: 'vite', port: 3000 },
  {
    id: 'sveltekit',
    library: '@sveltejs/kit',
    build: 'vite build',
    builder: 'vite',
    findServer: findSvelteServer,
    port: 3000,
    findStatic: findSvelteStatic,
  },
  { id: 'astro', library: 'astro', build: 'astro build', findServer: findAstroServer, port: 4321, findStatic: findAstroStatic },
  { id: 'nestjs', library: '@nestjs/core', build: 'nest build', builder: '@nestjs/cli', start: 'node dist/main', port: 3000 },
  {
    id: 'adonisjs',
    library: '@adonisjs/core',
    build: 'node ace build',
    builder: '@adonisjs/assembler',
    start: 'node build/bin/server.js',
    port: 3333,
  },
  {
    id: 'solid-start',
    library: '@solidjs/start',
    build: 'vinxi build',
    findServer: (project) => findNitroServer(project, 'app'),
    port: 3000,
  },
  { id: 'strapi', library: '@strapi/strapi', build: 'strapi build', start: 'npx strapi start', port: 1337 },
  { id: 'gatsby', library: 'gatsby', build: 'gatsby build', findStatic: () => ({ folder: 'public', rule: 'gatsby-public' }) },
  {
    id: 'nitro',
    library: /^nitro(?:pack)?$/,
    build: 'nitro build',
    findServer: (project) => findNitroServer(project, 'nitro'),
    port: 3000,
  },
  { id: 'angular', library: '@angular/core', build: 'ng build', builder: '@angular/cli', findStatic: findAngularOutput },
  {
    id: 'expo',
    library: 'expo',
    build: 'expo export --platform web',
    findStatic: (project) => (project.has('app.json') ? { folder: 'dist', rule: 'expo-web' } : undefined),
  },
  {
    id: 'create-react-app',
    library: 'react-scripts',
    build: 'react-scripts build',
    findStatic: () => ({ folder: 'build', rule: 'cra-build' }),
  },
  { id: 'fastify', library: 'fastify', port: 3000, isServer: true },
  { id: 'elysia', library: 'elysia', isServer: true },
  { id: 'hono', library: 'hono', port: 3000, isServer: true },
  { id: 'koa', library: 'koa', port: 3000, isServer: true },
  { id: 'hapi', library: '@hapi/hapi', port: 3000, isServer: true },
  { id: 'express', library: 'express', port: 3000, isServer: true },
  // Servers have them for their documentation.
  ...siteGenerators.map(({ folder, ...generator }) => ({
    ...generator,
    findStatic: (project: Project) => ({ folder: folder(project), rule: `${generator.id}-output` }),
  })),
  { id: 'vite', library: 'vite', build: 'vite build', isUsed: isBuiltByVite, findStatic: findViteOutput },
];

export function findNodeFramework(project: Project, libraries: readonly string[]): NodeFramework | undefined {
  const packageFile = project.parse('package.json');
  const development = Object.keys(findTable(packageFile, 'devDependencies') ?? {});
  const runtime = Object.keys(findTable(packageFile, 'dependencies') ?? {});
  const isLast = ({ isServer, library }: Known): boolean =>
    isServer === true && !runtime.some((name) => name === library) && development.some((name) => name === library);
  const ordered = [...frameworks.filter((known) => !isLast(known)), ...frameworks.filter(isLast)];
  for (const { library: expected, builder, isServer: _, isUsed, findStatic, findServer, ...known } of ordered) {
    const isExpected = (name: string): boolean => (typeof expected === 'string' ? name === expected : expected.test(name));
    const library = libraries.find(isExpected) ?? findShared(project, known.build, isExpected);
    if (library === undefined || isUsed?.(project) === false) continue;
    const site = findStatic?.(project, libraries);
    const { id, build, ...facts } = { ...known, ...findServer?.(project, libraries) };
    const isBuildable = builder === undefined || libraries.includes(builder) || isInWorkspace(project, builder);
    return {
      ...facts,
      ...(isBuildable && build !== undefined && { build }),
      id,
      library,
      answer: project.answer(id, { rule: 'node-framework-library', file: 'package.json', at: `"${library}"` }),
      ...(site && { staticOutput: toOutput(project, site) }),
      ...(site?.isOnlyStatic && { isOnlyStatic: true }),
    };
  }
  return undefined;
}

/** Of the workspace, where the scripts of a member build with it. */
function findShared(project: Project, build: string | undefined, isExpected: (name: string) => boolean): string | undefined {
  if (project.workspace === undefined || build === undefined) return undefined;
  const commands = Object.values(findTable(project.parse('package.json'), 'scripts') ?? {});
  if (!commands.some((command) => typeof command === 'string' && ` ${command.slice(0, 3000)} `.includes(` ${build} `))) return undefined;
  const packageFile = project.workspace.parse('package.json');
  return ['dependencies', 'devDependencies'].flatMap((key) => Object.keys(findTable(packageFile, key) ?? {})).find(isExpected);
}

/** Tools of all members are mostly among the dependencies of the top. */
function isInWorkspace({ workspace }: Project, library: string): boolean {
  return workspace?.text('package.json')?.includes(`"${library}"`) === true;
}

/** Tests and tools bring it too. */
function isBuiltByVite(project: Project): boolean {
  return /\bvite\s+build\b/.test(project.text('package.json') ?? '');
}

function toOutput(project: Project, { folder, rule, file, at }: StaticSite): Answer<string> {
  const confidence = file === undefined ? 'medium' : 'high';
  return project.answer(folder, { rule, confidence, ...(file !== undefined && { file }), ...(at !== undefined && { at }) });
}

function findNextExport(project: Project): StaticSite | undefined {
  const settings = findSettings(project, 'next');
  const at = /\boutput\s{0,9}:\s{0,9}['"`]export['"`]/;
  if (!settings || !at.test(settings.text)) return undefined;
  const folder = /\bdistDir\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/.exec(settings.text)?.[1] ?? 'out';
  return { folder, rule: 'next-export', file: settings.file, at, isOnlyStatic: true };
}

function findNuxtStatic(project: Project): StaticSite | undefined {
  const settings = findSettings(project, 'nuxt');
  const script = String(project.text('package.json')).match(/"build"\s*:\s*"nuxi? generate|"build"\s*:\s*"nuxt generate/);
  if (!script && !(settings && /\bpreset\s{0,9}:\s{0,9}['"]static['"]/.test(settings.text))) return undefined;
  return { folder: '.output/public', rule: 'nuxt-generate', file: settings?.file ?? 'package.json' };
}

function findReactRouterSpa(project: Project): StaticSite | undefined {
  return findDisabledServer(project, 'react-router', 'react-router-spa');
}

function findRemixSpa(project: Project): StaticSite | undefined {
  return findDisabledServer(project, 'vite', 'remix-spa');
}

function findDisabledServer(project: Project, name: string, rule: string): StaticSite | undefined {
  const settings = findSettings(project, name);
  const at = /\bssr\s{0,9}:\s{0,9}false\b/;
  return settings && at.test(settings.text) ? { folder: 'build/client', rule, file: settings.file, at, isOnlyStatic: true } : undefined;
}

function findSvelteStatic(project: Project, libraries: readonly string[]): StaticSite | undefined {
  const adapters = listSvelteAdapters(project, libraries);
  if (!adapters.includes('@sveltejs/adapter-static') || adapters.includes('@sveltejs/adapter-node')) return undefined;
  return { folder: 'build', rule: 'sveltekit-adapter-static', file: 'package.json', at: /"@sveltejs\/adapter-static"/, isOnlyStatic: true };
}

function findAstroStatic(project: Project): StaticSite | undefined {
  const settings = findSettings(project, 'astro');
  if (settings && /\boutput\s{0,9}:\s{0,9}['"`](?:server|hybrid)['"`]|\badapter\s{0,9}:/.test(settings.text)) return undefined;
  const folder = findAstroFolder(settings?.text ?? '');
  return { folder, rule: 'astro-static', ...(settings && { file: settings.file }), isOnlyStatic: true };
}

function findAngularOutput(project: Project): StaticSite | undefined {
  const text = project.text('angular.json') ?? '';
  const folder = /"outputPath"\s*:\s*(?:\{\s*"base"\s*:\s*)?"([\w./-]+)"/.exec(text)?.[1];
  if (folder !== undefined) {
    const inner = findAngularFolder(text);
    const output = cleanFolder(inner === '' ? folder : `${cleanFolder(folder)}/${inner}`);
    return { folder: output, rule: 'angular-output', file: 'angular.json', at: /"outputPath"/ };
  }
  const name = /"projects"\s*:\s*\{\s*"([\w.-]+)"/.exec(text)?.[1];
  return name === undefined
    ? undefined
    : { folder: `dist/${name}/browser`, rule: 'angular-project', file: 'angular.json', at: /"projects"/ };
}

/** Where the pages lie in the output: the builder for applications puts them apart (https://angular.dev/reference/configs/workspace-config#output-path-configuration). */
function findAngularFolder(text: string): string {
  const named = /"outputPath"\s*:\s*\{[^{}]{0,500}"browser"\s*:\s*"([\w.-]*)"/.exec(text)?.[1];
  const isApart = /"builder"\s*:\s*"@angular(?:-devkit\/build-angular|\/build):application"/.test(text);
  return named ?? (isApart ? 'browser' : '');
}

function findViteOutput(project: Project): StaticSite | undefined {
  const settings = findSettings(project, 'vite');
  const script = /"build[\w:-]*"\s*:\s*"[^"]*\bvite\s+build\b[^"]*/.exec(project.text('package.json') ?? '')?.[0];
  if (script === undefined || /\bbuild\s{0,9}:\s{0,9}\{[^{}]{0,500}\blib\s{0,9}:/.test(settings?.text ?? '')) return undefined;
  const option = /\s--outDir[ =]([\w./-]+)/.exec(script)?.[1];
  if (option !== undefined) return { folder: cleanFolder(option), rule: 'vite-out-dir-option', file: 'package.json', at: /--outDir/ };
  const at = /\boutDir\s{0,9}:\s{0,9}['"`]([\w./-]+)['"`]/;
  const folder = at.exec(settings?.text ?? '')?.[1];
  if (settings === undefined || folder === undefined)
    return { folder: 'dist', rule: 'vite-build', ...(settings && { file: settings.file }) };
  return { folder: cleanFolder(folder), rule: 'vite-out-dir', file: settings.file, at };
}
