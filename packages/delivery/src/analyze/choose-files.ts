import { isForeignFolder, isSecondaryFolder } from './is-foreign-folder.ts';

/** Larger manifests are not written by people. */
export const maxManifestBytes = 512 * 1024;
/** Larger source files are mostly made by tools. */
export const maxSourceBytes = 256 * 1024;

const maxManifests = 1000;
const maxSources = 600;
const maxDepth = 8;

/** Files whose content says something by their name. */
const manifest =
  /^(?:package\.json|pnpm-workspace\.yaml|lerna\.json|nx\.json|turbo\.json|angular\.json|deno\.jsonc?|pyproject\.toml|requirements[\w.-]*\.txt|Pipfile|setup\.(?:py|cfg)|manage\.py|runtime\.txt|go\.(?:mod|work)|Gemfile|config\.ru|composer\.json|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|[\w.-]+\.(?:cs|fs|vb)proj|global\.json|Cargo\.toml|rust-toolchain(?:\.toml)?|mix\.exs|Procfile|Staticfile|(?:docker-)?compose\.ya?ml|(?:Dockerfile|Containerfile)(?:\.[\w-]+)?|\.nvmrc|\.node-version|\.python-version|\.ruby-version|\.java-version|\.elixir-version|\.tool-versions|\.?mise\.toml|schema\.prisma|application\.(?:properties|ya?ml)|\.env\.(?:example|sample|template|dist)|[\w-]+\.config\.[cm]?[jt]s)$/;

const source = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|go|rb|php|java|kt|cs|fs|rs|exs?)$/;
const notDeployed =
  /(?:[._-](?:test|spec|stories|d|min)\.[cm]?[jt]sx?|_test\.(?:go|py|rb|exs?)|(?:^|\/)(?:test_\w*|conftest)\.py|Tests?\.(?:java|kt|cs))$/;

/** Manifests and settings of all applications in a tree, the shallowest first. */
export function listManifests(paths: readonly string[]): string[] {
  return takeShallowest(
    paths.filter((path) => manifest.test(path.slice(path.lastIndexOf('/') + 1)) && !isInFolder(path, isForeignFolder)),
    maxManifests,
  );
}

/** Code of the application in a folder, the shallowest first. */
export function listSources(paths: readonly string[]): { readonly chosen: readonly string[]; readonly total: number } {
  const found = paths.filter(
    (path) => source.test(path) && !notDeployed.test(path) && !isInFolder(path, (name) => isForeignFolder(name) || isSecondaryFolder(name)),
  );
  return { chosen: takeShallowest(found, maxSources), total: found.length };
}

/** Whether a folder on the way to a file has such a name. */
export function isInFolder(path: string, isSuch: (name: string) => boolean): boolean {
  return path.split('/').slice(0, -1).some(isSuch);
}

function takeShallowest(paths: readonly string[], count: number): string[] {
  return paths
    .map((path) => ({ path, depth: path.split('/').length }))
    .filter(({ depth }) => depth <= maxDepth)
    .sort((a, b) => a.depth - b.depth || (a.path < b.path ? -1 : 1))
    .slice(0, count)
    .map(({ path }) => path);
}
