import type { Ambiguity } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { joinWords } from '../join-words.ts';
import { findTable, toStrings } from '../list-members.ts';
import type { Project } from '../project.ts';
import { isPythonPackage } from './python-package.ts';
import { findRequirements } from './python-requirements.ts';

interface Choice {
  readonly answer: Answer<string>;
  readonly install: Answer<string>;
  readonly ambiguity?: Ambiguity;
}

const lockFiles: readonly (readonly [file: string, manager: string])[] = [
  ['uv.lock', 'uv'],
  ['poetry.lock', 'poetry'],
  ['pdm.lock', 'pdm'],
  ['Pipfile.lock', 'pipenv'],
];

const lockedInstalls: Readonly<Record<string, string>> = {
  uv: 'uv sync --locked --no-dev',
  poetry: 'poetry install --only main --no-interaction',
  pdm: 'pdm install --prod --frozen-lockfile',
  pipenv: 'pipenv install --deploy',
};

const unlockedInstalls: Readonly<Record<string, string>> = {
  uv: 'uv sync --no-dev',
  poetry: 'poetry install --only main --no-interaction',
  pdm: 'pdm install --prod',
  pipenv: 'pipenv install',
};

/** What installs all but the project itself. */
const withoutProject: Readonly<Record<string, string>> = { uv: ' --no-install-project', poetry: ' --no-root', pdm: ' --no-self' };

/** The package manager by its lock file, else by its settings, else pip. `undefined` when there is nothing to install. */
export function findPythonPackageManager(project: Project): Choice | undefined {
  return findLocked(project) ?? findConfigured(project) ?? findPip(project);
}

function findLocked(project: Project): Choice | undefined {
  for (const place of project.workspace === undefined ? [project] : [project, project.workspace]) {
    const found = lockFiles
      .filter(([file]) => place.has(file))
      .map(([file, name]) => place.answer(name, { rule: 'python-lock-file', file }));
    const [answer] = found;
    if (answer === undefined) continue;
    const install = place.answer(addOption(project, answer.value, lockedInstalls[answer.value]!), {
      rule: 'python-install-locked',
      file: answer.file!.split('/').at(-1)!,
    });
    if (found.length === 1) return { answer, install };
    const message = `There are lock files of ${found.map(({ value }) => value).join(', ')}. Remove those that are not used.`;
    return { answer: { ...answer, confidence: 'low' }, install, ambiguity: { field: 'packageManager', message, choices: found } };
  }
  return undefined;
}

function findConfigured(project: Project): Choice | undefined {
  const tools = findTable(project.parse('pyproject.toml'), 'tool');
  const inPyproject = ['uv', 'poetry', 'pdm'].find((name) => findTable(tools, name) !== undefined);
  const [name, file] = inPyproject === undefined ? ['pipenv', 'Pipfile'] : [inPyproject, 'pyproject.toml'];
  if (!project.has(file) || project.has('requirements.txt')) return undefined;
  return {
    answer: project.answer(name, { rule: 'python-package-manager-settings', file, ...(inPyproject && { at: `[tool.${name}` }) }),
    install: project.answer(addOption(project, name, unlockedInstalls[name]!), {
      rule: 'python-install-unlocked',
      confidence: 'medium',
      file,
    }),
  };
}

function addOption(project: Project, manager: string, command: string): string {
  const option = withoutProject[manager];
  return option === undefined || isPythonPackage(project, manager) ? command : `${command}${option}`;
}

function findPip(project: Project): Choice | undefined {
  const requirements = findRequirements(project);
  const isList = requirements !== undefined;
  const file = requirements ?? ['pyproject.toml', 'setup.py'].find((path) => project.has(path));
  if (file === undefined) return undefined;
  return {
    answer: project.answer('pip', { rule: 'python-pip', confidence: isList ? 'high' : 'medium', file }),
    install: project.answer(isList ? `pip install -r ${file}` : installWithPip(project), {
      rule: 'python-install-pip',
      confidence: isList ? 'high' : 'medium',
      file,
    }),
  };
}

/** pip has no option for it: what is no package gives the names of what it needs, where all of them are written down. */
function installWithPip(project: Project): string {
  const metadata = findTable(project.parse('pyproject.toml'), 'project');
  const written = metadata?.['dependencies'];
  const needed = toStrings(written).filter((requirement) => /^[A-Za-z0-9]/.test(requirement));
  const isComplete = needed.length > 0 && Array.isArray(written) && written.length === needed.length;
  return isComplete && !isPythonPackage(project, 'pip') ? `pip install ${joinWords(needed)}` : 'pip install .';
}
