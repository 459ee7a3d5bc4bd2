import { findTable, toStrings } from '../list-members.ts';
import type { Project } from '../project.ts';
import { findRequirements, listRequirements } from './python-requirements.ts';

/** A direct dependency, its name normalised (https://packaging.python.org/en/latest/specifications/name-normalization/). */
export interface PythonLibrary {
  readonly name: string;
  readonly file: string;
}

/** What the manifests ask for, without what is only for development. */
export function listPythonLibraries(project: Project): PythonLibrary[] {
  const pyproject = project.parse('pyproject.toml');
  const requirements = findRequirements(project);
  return [
    ...toStrings(findTable(pyproject, 'project')?.['dependencies']).map((text) => ({ name: nameOf(text), file: 'pyproject.toml' })),
    ...listKeys(findTable(pyproject, 'tool', 'poetry', 'dependencies')).map((name) => ({ name, file: 'pyproject.toml' })),
    ...listKeys(findTable(project.parse('Pipfile'), 'packages')).map((name) => ({ name, file: 'Pipfile' })),
    ...(requirements === undefined ? [] : listRequirements(project, requirements)).map(({ requirement, file }) => ({
      name: nameOf(requirement),
      file,
    })),
  ].filter(({ name }) => name !== '');
}

function listKeys(table: Record<string, unknown> | undefined): string[] {
  return Object.keys(table ?? {}).map(nameOf);
}

/** Name of a requirement such as `Django[argon2] >= 5.0 ; python_version > "3.9"`. */
function nameOf(requirement: string): string {
  const name = /^\s*([A-Za-z0-9](?:[\w.-]{0,80}[A-Za-z0-9])?)/.exec(requirement)?.[1] ?? '';
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}
