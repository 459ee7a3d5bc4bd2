import { toStrings, findTable } from './list-members.ts';
import { listPythonLibraries } from './languages/python-libraries.ts';
import type { Project } from './project.ts';

/** What the top holds although nothing says how it is started. */
export interface Unstarted {
  readonly manifest: string;
  /** A program that serves, or code that may as well be a library. */
  readonly kind: 'program' | 'code';
}

interface Manifest {
  readonly file: string;
  readonly source: RegExp;
  readonly isProgram: (project: Project) => boolean;
  /** How many files make it more than the settings of a tool. Default: `leastFiles`. */
  readonly least?: number;
}

const pythonServers =
  /^(?:falcon|bottle|pyramid|cherrypy|web-py|tornado|aiohttp|twisted|klein|sanic|django|flask|quart|starlette|fastapi|litestar|gunicorn|uvicorn|waitress|uwsgi|hypercorn|daphne)$/i;
const nodeServers = [
  'express',
  'koa',
  'fastify',
  'hono',
  'elysia',
  '@hapi/hapi',
  'restify',
  'polka',
  'sails',
  '@feathersjs/feathers',
  'socket.io',
  'ws',
];
const rubyServers = /^[ \t]*gem(?:\s*\()?\s*['"](?:puma|unicorn|thin|falcon|passenger|sinatra|rails|roda|hanami|grape)['"]/m;

const ofPython = {
  source: /\.py$/,
  isProgram: (project: Project) => listPythonLibraries(project).some(({ name }) => pythonServers.test(name)),
};

const javaServers =
  /spring-boot-starter-web|org\.springframework\.boot|io\.(?:quarkus|micronaut|ktor|javalin|dropwizard|helidon|vertx)|<packaging>\s{0,9}war\b|["'\s]war["'\s]/;

/** Its own sources; those of its modules lie in theirs. */
function ofJava(file: string): Omit<Manifest, 'file'> {
  return { least: 1, source: /^src\/.{1,400}\.(?:java|kt)$/, isProgram: (project) => javaServers.test(project.text(file) ?? '') };
}

const manifests: readonly Manifest[] = [
  { file: 'composer.json', source: /\.php$/, isProgram: (project) => project.parse('composer.json')?.['type'] === 'project' },
  { file: 'pyproject.toml', ...ofPython },
  { file: 'requirements.txt', ...ofPython },
  { file: 'setup.py', ...ofPython },
  { file: 'Gemfile', source: /\.rb$/, isProgram: (project) => rubyServers.test(project.text('Gemfile') ?? '') },
  {
    file: 'package.json',
    source: /\.[cm]?[jt]sx?$/,
    isProgram: (project) => {
      const libraries = toStrings(Object.keys(findTable(project.parse('package.json'), 'dependencies') ?? {}));
      return libraries.some((name) => nodeServers.includes(name));
    },
  },
  { file: 'pom.xml', ...ofJava('pom.xml') },
  { file: 'build.gradle.kts', ...ofJava('build.gradle.kts') },
  { file: 'build.gradle', ...ofJava('build.gradle') },
  { file: 'Cargo.toml', source: /\.rs$/, isProgram: () => false },
  { file: 'go.mod', source: /\.go$/, isProgram: () => false },
];

const leastFiles = 3;

/**
 * Whether the top is a program itself: its manifest says so, and most of the code for it lies elsewhere than in the folders named. What only
 * holds the settings of tools, or applications in folders, is none.
 */
export function findUnstarted(project: Project, folders: readonly string[]): Unstarted | undefined {
  for (const { file, source, isProgram, least = leastFiles } of manifests) {
    if (!project.has(file)) continue;
    const paths = project.sources.map(({ path }) => path).filter((path) => source.test(path) && path.includes('/'));
    const own = paths.filter((path) => !folders.some((folder) => path.startsWith(`${folder}/`)));
    if (own.length < least || own.length * 2 < paths.length) continue;
    return { manifest: file, kind: isProgram(project) ? 'program' : 'code' };
  }
  return undefined;
}
