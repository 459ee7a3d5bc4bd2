import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

/** A place where the version of a language may stand. */
export interface VersionPlace {
  readonly file: string;
  readonly rule: string;
  /** Already read from the file. */
  readonly value?: unknown;
  /** Where it stands in the text: its first group. Default: the file's first word. */
  readonly expression?: RegExp;
  readonly at?: string;
}

/** The version of a language, from the first place that has one; the workspace speaks for its members. */
export function findVersion(project: Project, places: readonly VersionPlace[]): Answer<string> | undefined {
  for (const from of project.workspace === undefined ? [project] : [project, project.workspace]) {
    for (const place of places) {
      const version = readVersion(from, from === project, place);
      if (version === undefined) continue;
      const { file, rule } = place;
      return from.answer(version, { rule, file, at: place.at ?? version });
    }
  }
  return undefined;
}

function readVersion(project: Project, isOwn: boolean, place: VersionPlace): string | undefined {
  const { value, expression = /^\s*([^\s#]+)/, file } = place;
  const found = 'value' in place ? (isOwn ? value : undefined) : expression.exec(project.text(file) ?? '')?.[1];
  if (typeof found !== 'string' || found === '' || found.length > 60) return undefined;
  return found.replace(/^v(?=\d)/, '');
}
