import { posix } from 'node:path';
import { findTable } from '../list-members.ts';
import type { Project } from '../project.ts';

const variants = ['production', 'prod', 'main', 'common', 'base'];

/** The list that pip installs: the one at the top, else, where no package says what it needs, one of several for production. */
export function findRequirements(project: Project): string | undefined {
  if (project.has('requirements.txt')) return 'requirements.txt';
  if (findTable(project.parse('pyproject.toml'), 'project') !== undefined) return undefined;
  const others = variants.flatMap((name) =>
    ['requirements/', 'requirements-', 'requirements_', 'requirements.'].map((start) => `${start}${name}.txt`),
  );
  return ['requirements/requirements.txt', ...others].find((path) => project.has(path));
}

const maxFiles = 20;

/**
 * Requirements of a list and of those that it takes in by `-r`, each with its file. What `-c` names only limits versions.
 *
 * @see https://pip.pypa.io/en/stable/reference/requirements-file-format/
 */
export function listRequirements(project: Project, file: string): { readonly requirement: string; readonly file: string }[] {
  const files = [file];
  // Grows while it is walked.
  for (const path of files) {
    for (const target of listIncluded(project.text(path) ?? '')) {
      const place = posix.join(posix.dirname(path), target);
      if (files.length < maxFiles && !files.includes(place)) files.push(place);
    }
  }
  return files.flatMap((path) =>
    splitLines(project.text(path) ?? '')
      .filter((line) => /^\s*[A-Za-z0-9]/.test(line))
      .map((requirement) => ({ requirement, file: path })),
  );
}

function listIncluded(text: string): string[] {
  return splitLines(text).flatMap((line) => /^\s*(?:-r|--requirement)[\s=]*(\S{1,200})/.exec(line)?.[1] ?? []);
}

function splitLines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r?\n/);
}
