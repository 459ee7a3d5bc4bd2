/** Paths that mean nothing else to a shell. */
const plainPath = /^[\w./-]+$/;

/** Whether a path can stand in a command as it is. */
export function isPlainPath(path: string): boolean {
  return plainPath.test(path);
}

/** A command as it is run from the root, when it belongs into a folder below. gunicorn goes there itself, and finds its settings before. */
export function runInFolder(folder: string, command: string): string {
  if (folder === '') return command;
  return command.startsWith('gunicorn ') ? command.replace('gunicorn', `gunicorn --chdir ${folder}`) : `cd ${folder} && ${command}`;
}

/** A command with modules of a folder. Those in `src` are imported from there, but run from around it. */
export function runWithModules(folder: string, command: string): string {
  return isSourceFolder(folder) ? `PYTHONPATH=${folder} ${command}` : runInFolder(folder, command);
}

export function isSourceFolder(folder: string): boolean {
  return /(?:^|\/)src$/.test(folder);
}
