import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommentedJson } from './parse-commented-json.ts';

/** One command of a line, without what does not change which program runs on what. */
export interface Step {
  readonly words: readonly string[];
  /** Where it is run. */
  readonly folder: string;
}

/** Programs that run the program after them. */
const wrappers =
  /^(?:exec|npx|bunx|pnpm\s+exec|yarn\s+exec|bundle\s+exec|uv\s+run|poetry\s+run|pdm\s+run|pipenv\s+run|nice|python3?\s+-m\s+(?=(?:gunicorn|uvicorn|flask|streamlit)\b))\s*/;

/** They make room or say something, and build and start nothing. */
const preparations = /^(?:mkdir|chmod|cp|mv|rm|\.|caddy\s+fmt|gradle\s+-v|python3?\s+-m\s+venv)(?:\s|$)/;

const maxDepth = 4;

/**
 * The commands of a line for a shell. These rules apply: `cd` moves; the prefix `/app/`, variables before a program, redirections and programs
 * that only run another (`npx`, `bundle exec` …) do not count; a script of `package.json` or task of `deno.json` is what it says there.
 */
export function listSteps(line: string, folder: string, depth = 0): Step[] {
  const steps: Step[] = [];
  let at = folder;
  const plain = line
    .replaceAll(/\s*2>&1/g, '')
    .replaceAll(/(?<=^|[\s'"=])\/app\//g, '')
    .replace(/^(?:ba)?sh -c '(.*)'$/s, '$1')
    // The archive that is not the plain one.
    .replaceAll(/\$\(ls -1 (\S+) \| grep -v plain\)/g, '$1');
  for (const part of plain.split(/\s*(?:&&|;)\s*/)) {
    const command = withoutWrappers(part.trim());
    if (command === '' || preparations.test(command)) continue;
    const words = command.split(/\s+/);
    if (words[0] === 'cd') at = join(at, words[1] ?? '');
    else steps.push(...(readScript(command, at, depth) ?? [{ words, folder: at }]));
  }
  return steps;
}

function withoutWrappers(command: string): string {
  const rest = command.replace(/^(?:[A-Za-z_]\w*=(?:"[^"]*"|\S*)\s+)+/, '').replace(wrappers, '');
  return rest === command ? command : withoutWrappers(rest);
}

function readScript(command: string, folder: string, depth: number): Step[] | undefined {
  const [, runner, name] = /^(?:(?:npm|pnpm|yarn|bun)(?: run)?|(deno) task) ([\w:.-]+)$/.exec(command) ?? [];
  if (name === undefined || depth > maxDepth) return undefined;
  const [files, table] = runner === undefined ? [['package.json'], 'scripts'] : [['deno.json', 'deno.jsonc'], 'tasks'];
  const file = files.map((path) => join(folder, path)).find(existsSync);
  const script = file === undefined ? undefined : readEntry(file, table, name);
  return script === undefined ? undefined : listSteps(script, folder, depth + 1);
}

function readEntry(file: string, table: string, name: string): string | undefined {
  const content = parseCommentedJson(readFileSync(file, 'utf8')) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return content[table]?.[name];
}
