import type { Project } from '../project.ts';

export interface Settings {
  readonly file: string;
  readonly text: string;
}

/** The settings of a tool: `<name>.config.js` and its relatives. They are code, so only what is written plainly is seen. */
export function findSettings(project: Project, name: string): Settings | undefined {
  return readSettings(project, `${name}.config`);
}

/** @param stem of their file, without the ending */
export function readSettings(project: Project, stem: string): Settings | undefined {
  const file = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${stem}.${ending}`).find((path) => project.has(path));
  const text = file === undefined ? undefined : project.text(file);
  // Comments would speak as settings do.
  return file !== undefined && text !== undefined ? { file, text: text.replace(/^[ \t]*\/\/.*/gm, '') } : undefined;
}

export function cleanFolder(folder: string): string {
  return folder.replace(/^\.\//, '').replace(/\/$/, '');
}
