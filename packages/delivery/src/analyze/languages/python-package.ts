import { posix } from 'node:path';
import { findTable } from '../list-members.ts';
import { isRecord, type Project } from '../project.ts';

/** Folders and files beside a package that setuptools knows to be none (https://setuptools.pypa.io/en/latest/userguide/package_discovery.html#flat-layout). */
const besideSetuptools = new Set(
  'ci bin debian doc docs documentation manpages news newsfragments changelog test tests unit_test unit_tests example examples scripts tools util utils python build dist venv env requirements tasks fabfile site_scons benchmark benchmarks exercise exercises htmlcov setup conftest toxfile noxfile pavement dodo conanfile manage'.split(
    ' ',
  ),
);

/**
 * Whether a project can be installed beside what it uses, or need not be: applications often have no folder of their name, and then are no
 * package. Of builds that are not known every project is one.
 */
export function isPythonPackage(project: Project, manager: string): boolean {
  const pyproject = project.parse('pyproject.toml');
  if (pyproject === undefined || isLeftOut(pyproject, manager)) return true;
  const tool = findTable(pyproject, 'tool');
  const build = findTable(pyproject, 'build-system')?.['build-backend'];
  const backend = manager === 'poetry' ? 'poetry' : typeof build === 'string' ? build : 'setuptools';
  const written = findTable(pyproject, 'project')?.['name'] ?? findTable(tool, 'poetry')?.['name'];
  const name = typeof written === 'string' ? written.replaceAll(/[-_.]+/g, '_').toLowerCase() : '';
  if (backend.startsWith('setuptools')) return isOfSetuptools(project, findTable(tool, 'setuptools'));
  if (!hasReadme(project, pyproject)) return false;
  if (backend.startsWith('poetry')) return isOfPoetry(project, findTable(tool, 'poetry'), name);
  if (backend.startsWith('hatchling')) return isOfHatch(project, findTable(tool, 'hatch', 'build'), name);
  if (backend.startsWith('uv_build')) return findTable(tool, 'uv', 'build-backend') !== undefined || project.has(`src/${name}/__init__.py`);
  return true;
}

/** Whether the manager leaves the project out by itself, as its settings say. */
function isLeftOut(pyproject: Record<string, unknown>, manager: string): boolean {
  const settings = findTable(pyproject, 'tool', manager);
  if (manager === 'poetry') return settings?.['package-mode'] === false;
  if (manager === 'pdm') return settings?.['distribution'] === false;
  return manager === 'uv' && (settings?.['package'] ?? findTable(pyproject, 'build-system') !== undefined) === false;
}

function hasReadme(project: Project, pyproject: Record<string, unknown>): boolean {
  const readme = findTable(pyproject, 'project')?.['readme'] ?? findTable(pyproject, 'tool', 'poetry')?.['readme'];
  const files = [isRecord(readme) ? readme['file'] : readme].flat().filter((file) => typeof file === 'string' && file !== '');
  return files.every((file) => project.has(String(file).replace(/^\.\//, '')));
}

/** More than people name. */
const maxPackages = 100;

/** https://python-poetry.org/docs/pyproject/#packages */
function isOfPoetry(project: Project, settings: Record<string, unknown> | undefined, name: string): boolean {
  const packages = settings?.['packages'];
  if (!Array.isArray(packages) || packages.length === 0)
    return name === '' || ['', 'src/'].some((folder) => project.has(`${folder}${name}.py`) || hasModules(project, `${folder}${name}`));
  return packages.slice(0, maxPackages).every((entry) => {
    const { include, from } = isRecord(entry) ? entry : {};
    if (typeof include !== 'string' || /[*?[]/.test(include)) return true;
    const path = posix.join(typeof from === 'string' ? from : '', include).replace(/\/$/, '');
    return project.has(path) || hasModules(project, path);
  });
}

function hasModules({ paths }: Project, folder: string): boolean {
  return paths.some((path) => path.startsWith(`${folder}/`) && /\.pyi?$/.test(path));
}

/** https://hatch.pypa.io/latest/plugins/builder/wheel/#default-file-selection */
function isOfHatch({ paths }: Project, settings: Record<string, unknown> | undefined, name: string): boolean {
  if (settings !== undefined) return true;
  const places = paths.map((path) => path.toLowerCase());
  const module = `${name}/__init__.py`;
  return places.some((path) => path === module || path === `${name}.py` || (path.endsWith(`/${module}`) && path.split('/').length === 3));
}

/** Of several folders, or files, it takes none. */
function isOfSetuptools(project: Project, settings: Record<string, unknown> | undefined): boolean {
  if (['setup.py', 'setup.cfg'].some((file) => project.has(file))) return true;
  if (['packages', 'py-modules', 'package-dir'].some((key) => settings?.[key] !== undefined)) return true;
  const steps = project.paths.map((path) => path.split('/'));
  if (steps.some(([folder, ...inner]) => folder === 'src' && inner.length > 0)) return true;
  const isFound = (found: string): boolean => /^[\p{L}][\w\p{L}]*$/u.test(found) && !besideSetuptools.has(found);
  const folders = new Set(steps.flatMap(([folder, ...inner]) => (inner.length > 0 && isFound(folder!) ? [folder] : [])));
  const files = steps.flatMap(([file, ...inner]) =>
    inner.length === 0 && file!.endsWith('.py') && isFound(file!.slice(0, -3)) ? [file] : [],
  );
  return folders.size === 1 || (folders.size === 0 && files.length <= 1);
}
