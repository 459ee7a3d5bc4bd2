import type { FileTree } from '../analyze/file-tree.ts';
import type { BuildPlan } from './build-plan.ts';

const maxManifestBytes = 1024 * 1024;

/** What an installation reads, where that is files of these names alone. */
const files: Readonly<Record<string, readonly string[]>> = {
  npm: ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
  pnpm: ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'],
  yarn: ['package.json', 'yarn.lock', '.npmrc', '.yarnrc'],
  bun: ['package.json', 'bun.lock', 'bun.lockb', '.npmrc', 'bunfig.toml'],
  pip: ['requirements.txt', 'constraints.txt'],
  pipenv: ['Pipfile', 'Pipfile.lock'],
  go: ['go.mod', 'go.sum'],
};

/** Installations that run or link code of the application itself need all of it. */
const needsSources: Readonly<Record<string, RegExp>> = {
  'package.json':
    /"(?:pre|post)?(?:install|prepare)"\s*:|"@prisma\/client"\s*:|"(?:file|link|portal|patch|workspace|exec):|"workspaces"\s*:|"patchedDependencies"\s*:|"\.{1,2}\//,
  'pnpm-workspace.yaml': /./,
  '.yarnrc': /yarn-path/,
  'requirements.txt': /^[ \t]*(?:-[ecfr]|--(?:editable|requirement|constraint|find-links)|\.|[^#\s]*\/)|^(?:(?!#).)*\bfile:/m,
  Pipfile: /\bpath\s*=|editable/,
  'go.mod': /=>\s*\.{0,2}\//,
};

/** Files beside the manifests that an installation reads, some by what packages do as they are installed: Prisma generates a client from its schema. */
const isReadByInstallation =
  /^(?:go\.work|\.yarnrc\.yml|\.pnpmfile\.c?js|patches\/.*|binding\.gyp|\.puppeteerrc(?:\..*)?|puppeteer\.config\..*)$|\.prisma$/;

/**
 * The files that are copied before the others, so that dependencies are installed anew only when one of these changes. Paths from the root
 * of the application. `undefined` when the installation may need any file.
 */
export async function chooseManifests(plan: BuildPlan, tree: FileTree): Promise<string[] | undefined> {
  const names = files[plan.packageManager ?? plan.language ?? ''];
  if (plan.installCommand === undefined || names === undefined || plan.root !== '') return undefined;
  const isPlain =
    /^(?:(?:npm|pnpm|yarn|bun) (?:ci|install)\b[\w -]*|pip install -r requirements\.txt|pipenv install [\w -]*|go mod download)$/.test(
      plan.installCommand,
    );
  const present = names.filter((name) => tree.paths.includes(name));
  if (!isPlain || present.length === 0 || tree.paths.some((path) => isReadByInstallation.test(path))) return undefined;
  const contents = await tree.read(present, maxManifestBytes);
  for (const name of present) {
    const content = contents.get(name)?.toString('utf8');
    if (content === undefined || needsSources[name]?.test(content)) return undefined;
  }
  return present;
}
