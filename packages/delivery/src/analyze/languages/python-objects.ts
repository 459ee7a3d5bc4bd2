import { countLines, type Project } from '../project.ts';
import { createImportRootFinder } from './python-import-root.ts';
import { isPlainPath } from './run-in-folder.ts';

/** What makes the application in code, and what serves it: `wsgi` is gunicorn's, `asgi` uvicorn's. */
interface Maker {
  readonly call: string;
  readonly kind: 'wsgi' | 'asgi';
}

const makers: Readonly<Record<string, Maker>> = {
  fastapi: { call: 'FastAPI', kind: 'asgi' },
  starlette: { call: 'Starlette', kind: 'asgi' },
  litestar: { call: 'Litestar', kind: 'asgi' },
  quart: { call: 'Quart', kind: 'asgi' },
  sanic: { call: 'Sanic', kind: 'asgi' },
  fasthtml: { call: '(?:fast_app|FastHTML)', kind: 'asgi' },
  flask: { call: 'Flask', kind: 'wsgi' },
};

export interface MadeObject {
  readonly file: string;
  readonly line: number;
  /** Where its module is imported from; empty for the root. */
  readonly folder: string;
  /** `main:app`, or `main:create_app` for a function that makes it. */
  readonly target: string;
  readonly isFactory: boolean;
  readonly kind: Maker['kind'];
}

/** The objects that code makes as an application of a framework: the one that is served, as far as that can be told. */
export function listApplicationObjects(
  project: Project,
  framework: string | undefined,
  libraries: readonly string[],
): readonly MadeObject[] {
  const maker = framework === undefined ? undefined : makers[framework];
  if (maker === undefined) return [];
  const made = preferTop(listObjects(project, maker, libraries));
  const around = made.filter((object) => mountsOthers(project, object, made));
  return around.length === 1 ? around : made;
}

function listObjects(project: Project, { call, kind }: Maker, libraries: readonly string[]): MadeObject[] {
  const assigned = new RegExp(
    `^([A-Za-z_]\\w{0,60})(?:\\s{0,4}:\\s{0,4}[\\w.]{1,40})?(?:\\s{0,4},\\s{0,4}\\w{1,40})?\\s{0,4}=\\s{0,4}(?:\\w{1,40}\\.)?${call}\\(`,
    'm',
  );
  const viaFactory = /^(\w{1,60})\s{0,4}=\s{0,4}(?:create|make|get|build)_app\(/m;
  const factory = new RegExp(`^def ((?:create|make|get|build)_app)\\([^]{0,4000}?\\b${call}\\(`, 'm');
  const findImportRoot = createImportRootFinder(project, libraries);
  return project.sources.flatMap(({ path, text }) => {
    if (!path.endsWith('.py') || !isPlainPath(path)) return [];
    const match = assigned.exec(text) ?? viaFactory.exec(text) ?? factory.exec(text);
    if (match === null) return [];
    const isFactory = match[0].startsWith('def ');
    const folder = findImportRoot(path);
    const target = `${toModule(folder === '' ? path : path.slice(folder.length + 1))}:${match[1]!}`;
    return [{ file: path, line: countLines(text, match.index), folder, target, isFactory, kind }];
  });
}

function toModule(path: string): string {
  return path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
}

/** An object counts before a function that makes one, the top of the project before its folders, and `main` and `app` before other names. */
function preferTop(objects: readonly MadeObject[]): readonly MadeObject[] {
  const ranks = [
    objects.filter(({ file, isFactory }) => !isFactory && /^(?:main|app|server|wsgi|asgi|application|run)\.py$/.test(file)),
    objects.filter(({ file, isFactory }) => !isFactory && !file.includes('/')),
    objects.filter(({ file, isFactory }) => !isFactory && /^(?:src|app|backend|api|server)\/(?:main|app|server|__init__)\.py$/.test(file)),
    objects.filter(({ isFactory }) => !isFactory),
    objects,
  ];
  return ranks.find((rank) => rank.length > 0) ?? [];
}

/** Whether an application takes in all the others, such as `app.mount("/admin", admin_app)` after `from shop.admin import admin_app`. */
function mountsOthers(project: Project, { file, target }: MadeObject, all: readonly MadeObject[]): boolean {
  const text = project.text(file) ?? '';
  const mounted = new Set(
    [...text.matchAll(/\.mount\(\s{0,20}["'][^"'\n]{0,200}["']\s{0,20},\s{0,20}(?:app\s{0,4}=\s{0,4})?(\w{1,60})\s{0,20}[,)]/g)].map(
      ([, name]) => name!,
    ),
  );
  const sources = [...text.matchAll(/^from[ \t]+([\w.]{1,200})[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n(]{1,500})/gm)]
    .filter(([, , names]) => names!.match(/\w+/g)?.some((name) => mounted.has(name)))
    .map(([, module]) => resolveModule(module!, target.split(':')[0]!));
  return all.every((other) => other.file === file || sources.some((source) => `${other.target.split(':')[0]}.`.startsWith(`${source}.`)));
}

/** `.admin` in the module `shop.main` is `shop.admin`. */
function resolveModule(module: string, from: string): string {
  const dots = /^\.*/.exec(module)![0].length;
  return dots === 0
    ? module
    : [...from.split('.').slice(0, -dots), ...module.slice(dots).split('.')].filter((step) => step !== '').join('.');
}
