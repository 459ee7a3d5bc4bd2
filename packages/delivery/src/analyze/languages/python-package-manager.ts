import type { Ambiguity } from '../analysis.ts';
import type { Answer } from '../answer.ts';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';
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
    const install = place.answer(lockedInstalls[answer.value]!, { rule: 'python-install-locked', file: answer.file!.split('/').at(-1)! });
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
    install: project.answer(unlockedInstalls[name]!, { rule: 'python-install-unlocked', confidence: 'medium', file }),
  };
}

function findPip(project: Project): Choice | undefined {
  const requirements = findRequirements(project);
  const isList = requirements !== undefined;
  const file = requirements ?? ['pyproject.toml', 'setup.py'].find((path) => project.has(path));
  if (file === undefined) return undefined;
  return {
    answer: project.answer('pip', { rule: 'python-pip', confidence: isList ? 'high' : 'medium', file }),
    install: project.answer(isList ? `pip install -r ${file}` : 'pip install .', {
      rule: 'python-install-pip',
      confidence: isList ? 'high' : 'medium',
      file,
    }),
  };
}
