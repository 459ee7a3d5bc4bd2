import type { Answer } from '../answer.ts';
import type { Project } from '../project.ts';
import { listCommands, type Scripts } from './node-scripts.ts';
import { cleanFolder } from './node-settings.ts';

const manifest = 'package.json';

/** Where the files that a framework builds are in the end: a start script that serves files names it, or the build moves them. */
export function findMovedOutput(project: Project, scripts: Scripts, start: string, output: Answer<string>): Answer<string> {
  const served = findServedFolder(start);
  if (served !== undefined && served !== output.value)
    return project.answer(served, { rule: 'node-served-folder', file: manifest, at: start });
  const moved = listCommands(scripts, 'build').flatMap((command) => {
    const [, from = '', to] = /^mv (?:-\w+ )?([\w./-]+) ([\w./-]+)$/.exec(command) ?? [];
    return cleanFolder(from) === output.value && to !== undefined ? [cleanFolder(to)] : [];
  });
  const [folder] = moved;
  // Into a folder that is there, they would be put below it.
  if (folder === undefined || project.paths.some((path) => path.startsWith(`${folder}/`))) return output;
  return project.answer(folder, { rule: 'node-moved-folder', file: manifest, at: /"build"\s*:/ });
}

/** As a program, by its path, through a package manager, or behind variables; not what another program does that is told to serve. */
const fileServer =
  /(?:^\s*|[;&|/]\s*|\b(?:npx|bunx|exec|dlx|yarn|pnpm)\s+(?:-\S+\s+)*|(?:^|[;&|\s])\w+=\S*\s+)(?:serve|http-server)\s([^;&|]{1,300})/;

/** `serve -s build -l 3000`, `http-server -p 8080 dist`: the first word that is neither an option nor the value of one. */
function findServedFolder(command: string): string | undefined {
  const words = fileServer.exec(command)?.[1]?.trim().split(/\s+/) ?? [];
  const folder = words.find(
    (word, index) => /^[\w./][\w./-]*$/.test(word) && !/^\d+$/.test(word) && !takesValue.test(words[index - 1] ?? ''),
  );
  const path = cleanFolder(folder ?? '');
  return path === '' || path === '.' || path.startsWith('/') || path.includes('..') ? undefined : path;
}

/** Options of both programs (https://github.com/vercel/serve, https://github.com/http-party/http-server). */
const takesValue =
  /^(?:-[lpcadPtCK]|--(?:listen|port|config|proxy|ssl-cert|ssl-key|ssl-pass|cert|key|address|base-dir|log-ip|mimetypes|username|password))$/;
