import type { Answer } from './answer.ts';
import { findHealthFile } from './find-health-file.ts';
import { isHealthPath, routeKinds, type RouteKind } from './health-routes.ts';
import { listControllers } from './list-controllers.ts';
import { listHeads } from './list-heads.ts';
import { listOwnSources } from './own-sources.ts';
import { countLines, type Project, type SourceFile } from './project.ts';
import { stripComments } from './strip-comments.ts';

/**
 * Where the application itself says whether it is well. A route whose router may be mounted below a prefix that is not seen is no answer: a
 * release would wait for a path that is not there.
 */
export function findHealthPath(project: Project): Answer<string> | undefined {
  const isMounted = createMountTest(project);
  for (const source of listOwnSources(project)) {
    if (!mayHaveRoute.test(source.text)) continue;
    const route = findRoute(project, source, isMounted) ?? findControllerRoute(project, source) ?? findBlueprint(project, source);
    if (route === undefined) continue;
    const answer = project.answer(route.path, { rule: 'health-route', confidence: 'medium', file: source.path });
    return { ...answer, line: countLines(source.text, route.index) };
  }
  return findHealthFile(project);
}

const mayHaveRoute = /health|heartbeat|livez|readyz|liveness|readiness|["'`/^](?:up|ping)\b/i;

interface Route {
  readonly path: string;
  readonly index: number;
}

/** Of what is written in one file; more are made by tools. */
const maxRoutes = 20;
const maxLine = 1000;

function findRoute(project: Project, { path: file, text }: SourceFile, isMounted: (kind: RouteKind) => boolean): Route | undefined {
  for (const kind of routeKinds.filter(({ files }) => files.test(file))) {
    let plain: string | undefined;
    for (const match of text.matchAll(kind.routes).take(maxRoutes)) {
      const { absolute, object = match.groups?.['object2'], path = match.groups?.['path2'] ?? absolute } = match.groups ?? {};
      const index = match.index + match[0].lastIndexOf(path!);
      plain ??= stripComments(file, text);
      if (plain.slice(index, index + path!.length) !== path) continue;
      if (/status\/?$/i.test(path!) && !saysHealth(text, index)) continue;
      const [line, ...heads] = listHeads(plain, index);
      const prefix = findPrefix(heads);
      if (prefix === undefined) continue;
      const isSure =
        absolute !== undefined || isOfApplication(kind, plain, object, [line!, ...heads]) || isTop(project, file, plain, object);
      if (!isSure && (!isRouter(kind, object) || isMounted(kind))) continue;
      const ofFile = /(?:^|\/)routes\/api\.php$/.test(file) ? '/api' : '';
      const scope =
        kind.scopes === undefined
          ? ''
          : findOpenScopes(kind.scopes, plain.slice(Math.max(plain.lastIndexOf('\n', index) + 1, index - maxLine), index));
      return { path: joinPath(ofFile, prefix, scope, path!), index };
    }
  }
  return undefined;
}

/** What surrounds a route and gives it the beginning of its path: `scope "/api" do`, `r.Route("/api", func(…) {`, `namespace :api do`. */
const prefixHead =
  /(?:\b(?:scope|namespace|route|group|prefix|MapGroup)\b[\s(]{1,5}(?:path:\s{0,5})?(?:["'`]([\w./-]{0,60})["'`]|:(\w{1,40})))/i;
const onlyForDevelopment =
  /(?<![!\w.])(?:\w{1,40}\.){0,3}IsDevelopment\(\)|\bdev_routes\b|Mix\.env\(\)\s{0,3}==\s{0,3}:dev|Rails\.env\.development|NODE_ENV\s{0,3}(?:===?\s{0,3}['"]dev|!==?\s{0,3}['"]prod)/;
/** Others that may: `resources :shops do`, `register(async (app) => {`. */
const unknownHead =
  /^\s*(?:resources?|constraints|member|collection|live_session)\b[^\n]{0,120}\bdo\b|\b(?:register|Group|MapGroup|scope|prefix)\(/;

/** `undefined` when it is not known, or nobody is answered there in production. */
function findPrefix(heads: readonly string[]): string | undefined {
  let prefix = '';
  for (const head of heads) {
    if (onlyForDevelopment.test(head)) return undefined;
    const match = prefixHead.exec(head);
    if (match) prefix = joinPath(match[1] ?? match[2]!, prefix);
    else if (unknownHead.test(head)) return undefined;
  }
  return prefix;
}

/** Paths of the scopes that the end of a line lies in: `.service(web::scope("/api").route(`, and none that a bracket or a comma has ended. */
function findOpenScopes(scopes: RegExp, line: string): string {
  let open: { readonly depth: number; readonly path: string }[] = [];
  let depth = 0;
  let end = 0;
  for (const match of line.matchAll(scopes)) {
    follow(line.slice(end, match.index));
    open.push({ depth, path: match.groups!['scope']! });
    end = match.index + match[0].length;
  }
  follow(line.slice(end));
  return open.map(({ path }) => `/${path}`).join('');

  function follow(text: string): void {
    for (const [mark] of text.matchAll(/[(),]/g)) {
      if (mark === '(') depth++;
      if (mark === ')') depth--;
      open = open.filter((scope) => scope.depth < depth + (mark === ',' ? 0 : 1));
    }
  }
}

function isOfApplication({ applications, head }: RouteKind, text: string, object: string | undefined, heads: readonly string[]): boolean {
  if (head !== undefined && heads.some((line) => head.test(line))) return true;
  if (applications === undefined || object === undefined) return false;
  // `config` is Pyramid's.
  if (object === 'http' || (object === 'config' && text.includes('config.add_route('))) return true;
  if (object === ')') return /\bnew\s+(?:Elysia|Hono|OpenAPIHono)\(\s{0,9}\)/.test(text);
  return new RegExp(applications(object.replaceAll(/[.$]/g, '\\$&'))).test(text);
}

/** Whether the routes of a file begin at the top: Phoenix's and Rails' own, those of Laravel, where Django begins, and what FastAPI includes as it is. */
function isTop({ sources }: Project, file: string, text: string, object: string | undefined): boolean {
  if (/(?:^|\/)(?:config\/routes\.rb|routes\/(?:web|api)\.php)$/.test(file)) return true;
  if (file.endsWith('.ex')) return /\buse\s+[\w.]{1,60},\s{0,5}:router\b|\bPhoenix\.Router\b/.test(text);
  const module = /([\w/]{1,200})\.py$/.exec(file)?.[1]?.replaceAll('/', '.');
  if (module === undefined) return false;
  const scripts = sources.filter(({ path }) => path.endsWith('.py'));
  const roots = scripts.flatMap((source) => /^ROOT_URLCONF\s{0,5}=\s{0,5}['"]([\w.]{1,100})['"]/m.exec(source.text)?.[1] ?? []);
  if (roots.some((root) => module === root || module.endsWith(`.${root}`))) return true;
  if (/\bprefix\s{0,5}=/.test(text)) return false;
  const applications = scripts.filter((source) => /\b(?:FastAPI|Flask|Quart|APIFlask)\(/.test(source.text));
  return applications.some((source) => isIncluded(source.text, module.split('.').at(-1)!, object));
}

/** `include_router(probes.router)`, `register_blueprint(up)` beside `from views import up`: without a prefix. */
function isIncluded(text: string, module: string, object: string | undefined): boolean {
  const include = '\\b(?:include_router|register_blueprint)\\(\\s{0,20}';
  const end = '\\s{0,20},?\\s{0,20}\\)';
  if (new RegExp(`${include}(?:\\w{1,40}\\.){0,5}${module}\\.\\w{1,40}${end}`).test(text)) return true;
  if (object === undefined || !/^\w+$/.test(object)) return false;
  const imported = new RegExp(
    `\\bfrom\\s[\\w.]{0,100}\\b${module}\\simport\\s(?:[^\\n]{0,100}\\W)?${object}\\b(?:\\sas\\s(\\w{1,60}))?`,
  ).exec(text);
  return imported !== null && new RegExp(`${include}${imported[1] ?? object}${end}`).test(text);
}

/** A blueprint whose prefix is the path, with what answers at its top: `Blueprint("up", …, url_prefix="/up")`. */
function findBlueprint({ sources }: Project, { path: file, text }: SourceFile): Route | undefined {
  if (!file.endsWith('.py')) return undefined;
  const plain = stripComments(file, text);
  const match =
    /^(\w{1,40})\s{0,3}=\s{0,3}(?:Blueprint|APIRouter)\([^()]{0,300}\b(?:url_)?prefix\s{0,3}=\s{0,3}["'](\/[\w/-]{1,60})["']/m.exec(plain);
  if (match === null || !isHealthPath.test(match[2]!)) return undefined;
  const route = new RegExp(`@${match[1]!}\\.(?:get|route)\\(\\s{0,9}["'](/?)["']`).exec(plain);
  const module = /([\w/]{1,200})\.py$/.exec(file)?.[1]?.split('/').at(-1);
  const applications = sources.filter((source) => source.path.endsWith('.py') && /\b(?:FastAPI|Flask|Quart|APIFlask)\(/.test(source.text));
  if (route === null || module === undefined || !applications.some((source) => isIncluded(source.text, module, match[1]))) return undefined;
  return { path: `${match[2]!.replace(/\/$/, '')}${route[1]!}`, index: match.index };
}

/** Whether a comment or the name of what answers says so. */
function saysHealth(text: string, index: number): boolean {
  const end = text.indexOf('\n', index);
  const lines = text.slice(Math.max(0, index - 300), end === -1 ? text.length : end).split('\n');
  return lines.slice(-2).some((line) => /health/i.test(line));
}

function isRouter({ routers }: RouteKind, object: string | undefined): boolean {
  return object === undefined || (object !== ')' && (routers === undefined || routers.test(object)));
}

/** Whether routers of a kind are given a prefix anywhere. */
function createMountTest(project: Project): (kind: RouteKind) => boolean {
  const known = new Map<RouteKind, boolean>();
  return (kind) => {
    const isMounted =
      known.get(kind) ?? project.sources.some(({ path, text }) => kind.files.test(path) && kind.mounts.test(stripComments(path, text)));
    known.set(kind, isMounted);
    return isMounted;
  };
}

function findControllerRoute(project: Project, source: SourceFile): Route | undefined {
  return listControllers(project, source).find(({ path }) => isHealthPath.test(path));
}

function joinPath(...parts: readonly string[]): string {
  return `/${parts.join('/')}`.replaceAll(/\/{2,}/g, '/');
}
