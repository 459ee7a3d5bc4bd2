import { isForeignFolder, isSecondaryFolder } from './is-foreign-folder.ts';

/** Larger manifests are not written by people. */
export const maxManifestBytes = 512 * 1024;
/** Larger source files are mostly made by tools. */
export const maxSourceBytes = 256 * 1024;

const maxManifests = 1000;
const maxSettings = 100;
const maxSources = 600;
const maxDepth = 8;

/** Files whose content says something by their name: whole names, and patterns of whole names. */
const manifests: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  node: ['package.json', 'pnpm-workspace.yaml', 'lerna.json', 'nx.json', 'turbo.json', 'angular.json', '.nvmrc', '.node-version'],
  nodeTools: ['schema.prisma', /^[\w-]+\.config\.[cm]?[jt]s$/],
  deno: ['deno.json', 'deno.jsonc', 'import_map.json'],
  python: ['pyproject.toml', 'setup.py', 'setup.cfg', 'Pipfile', /^requirements[\w.-]*\.txt$/, 'runtime.txt', '.python-version'],
  pythonTools: ['manage.py', 'alembic.ini'],
  go: ['go.mod', 'go.work'],
  ruby: ['Gemfile', 'Gemfile.lock', 'config.ru', '.ruby-version'],
  php: ['composer.json'],
  java: ['pom.xml', '.java-version', 'application.properties', 'application.yaml', 'application.yml', 'application.conf'],
  gradle: ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'],
  dotnet: [/^[\w.-]+\.(?:cs|fs|vb)proj$/, 'global.json', 'Directory.Build.props', 'Directory.Packages.props'],
  rust: ['Cargo.toml', 'rust-toolchain', 'rust-toolchain.toml'],
  elixir: ['mix.exs', '.elixir-version'],
  sites: ['Staticfile', '_config.yml', 'mkdocs.yml', 'netlify.toml', 'hugo.toml', 'hugo.yaml', 'config.toml', 'config.yaml'],
  anyLanguage: ['start.sh', 'Procfile', '.tool-versions', 'mise.toml', '.mise.toml'],
  images: [/^(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$/],
  compose: ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
  variables: ['.env', /^\.?(?:example|sample)\.env$/, /^\.?env(?:[.-](?:local|dev\w*|prod\w*))?[.-](?:example|sample|template|dist)$/],
};
const allManifests = Object.values(manifests).flat();
const names = allManifests.filter((each) => typeof each === 'string').map((name) => name.replaceAll('.', '\\.'));
const patterns = allManifests.filter((each) => typeof each !== 'string').map(({ source }) => source);
const manifest = new RegExp([`^(?:${names.join('|')})$`, ...patterns].join('|'));

/** What a requirements file takes in (https://pip.pypa.io/en/stable/reference/requirements-file-format/). */
const requirements = /(?:^|\/)requirements\/[^/]+\.txt$/;

/** What applications in Ruby and PHP are configured by, which is there in any number. */
const settings = /(?:^|\/)config\/(?:(?:packages|routes)\/(?:prod\/)?)?[\w-]+\.ya?ml$/;

/** Programs in `bin` may have no ending; the settings of TypeScript say where its files are compiled to. */
const source = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|go|rb|php|java|kt|cs|fs|rs|exs?)$|(?:^|\/)bin\/[\w-]+$|^tsconfig\.json$/;
/** Whether a file that was chosen as code is none: what has no ending says by its first line what runs it. */
export function isOtherProgram(path: string, text: string): boolean {
  return /(?:^|\/)[\w-]+$/.test(path) && !/^#!.{0,100}\b(?:node|bun|deno|tsx)\b/.test(text);
}

const notDeployed =
  /(?:[._-](?:test|spec|stories|d|min)\.[cm]?[jt]sx?|_test\.(?:go|py|rb|exs?)|(?:^|\/)(?:test_\w*|conftest)\.py|Tests?\.(?:java|kt|cs))$/;

/** Manifests and settings of all applications in a tree, the shallowest first. */
export function listManifests(paths: readonly string[]): string[] {
  const isForeign = createFolderTest(isForeignFolder);
  const isManifest = (path: string): boolean =>
    manifest.test(path.slice(path.lastIndexOf('/') + 1)) || (path.endsWith('.txt') && requirements.test(path));
  const isSettings = (path: string): boolean => path.endsWith('ml') && settings.test(path);
  return [
    ...takeShallowest(
      paths.filter((path) => isManifest(path) && !isForeign(path)),
      maxManifests,
    ),
    ...takeShallowest(
      paths.filter((path) => isSettings(path) && !isForeign(path)),
      maxSettings,
    ),
  ];
}

/** Code of the application in a folder, the shallowest first. */
export function listSources(paths: readonly string[]): { readonly chosen: readonly string[]; readonly total: number } {
  const isElsewhere = createFolderTest((name) => isForeignFolder(name) || isSecondaryFolder(name));
  const found = paths.filter((path) => source.test(path) && !isElsewhere(path) && !notDeployed.test(path));
  return { chosen: takeShallowest(found, maxSources), total: found.length };
}

/** Makes a test of whether a folder on the way to a file has such a name. It is quickest with files of a folder one after the other. */
export function createFolderTest(isSuch: (name: string) => boolean): (path: string) => boolean {
  let last = '';
  let isLastSuch = false;
  return (path) => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (folder !== last) {
      last = folder;
      isLastSuch = folder.split('/').some(isSuch);
    }
    return isLastSuch;
  };
}

function takeShallowest(paths: readonly string[], count: number): string[] {
  const levels = Array.from({ length: maxDepth }, (): string[] => []);
  for (const path of paths) levels[countFolders(path)]?.push(path);
  const chosen: string[] = [];
  for (const level of levels) if (chosen.length < count) chosen.push(...level.sort().slice(0, count - chosen.length));
  return chosen;
}

function countFolders(path: string): number {
  let count = 0;
  for (let at = path.indexOf('/'); at !== -1 && count < maxDepth; at = path.indexOf('/', at + 1)) count++;
  return count;
}
