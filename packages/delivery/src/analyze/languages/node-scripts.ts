import { findTable } from '../list-members.ts';

/** Those of `package.json`, by their names. */
export type Scripts = ReadonlyMap<string, string>;

/** One of the commands that a script runs one after the other. */
export interface ScriptPart {
  readonly command: string;
  /** When it is a script of the same file. */
  readonly script?: string;
}

const maxHops = 5;
/** Longer scripts are not written by people, nor do theirs run more others. */
const maxLength = 3000;
const maxScripts = 20;

export function listScripts(packageFile: Record<string, unknown>): Scripts {
  const entries = Object.entries(findTable(packageFile, 'scripts') ?? {});
  return new Map(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].trim() !== '' && entry[1].length <= maxLength,
    ),
  );
}

/** What a script runs in the end: `npm run develop` is the script of that name. */
export function resolveScript(scripts: Scripts, name: string): string {
  let command = scripts.get(name) ?? '';
  for (let hops = 0; hops < maxHops; hops++) {
    const target = scripts.get(readScriptName(command) ?? '');
    if (target === undefined) break;
    command = target;
  }
  return command;
}

/** What stands in a script, with what runs before and after it: `prebuild`, `postbuild` (https://docs.npmjs.com/cli/using-npm/scripts). */
export function listParts(scripts: Scripts, name: string): ScriptPart[] {
  return [...toScript(scripts, `pre${name}`), ...splitScript(scripts, scripts.get(name) ?? ''), ...toScript(scripts, `post${name}`)];
}

/** All commands that a script comes to, those of the scripts that it runs included. */
export function listCommands(scripts: Scripts, name: string, seen = new Set([name])): string[] {
  return listParts(scripts, name).flatMap(({ command, script }) => {
    if (script === undefined) return [command];
    if (seen.has(script) || seen.size >= maxScripts) return [];
    seen.add(script);
    return listCommands(scripts, script, seen);
  });
}

function splitScript(scripts: Scripts, text: string): ScriptPart[] {
  return text.split(/&&|\|\||[;|&\n]/).flatMap((piece) => {
    const command = piece.trim();
    const several = /^(?:run-[sp]|npm-run-all2?)\s(.+)$/.exec(command)?.[1];
    if (several === undefined) return command === '' ? [] : [toPart(scripts, command)];
    return several.split(/\s+/).flatMap((name) => listMatching(scripts, name).flatMap((each) => toScript(scripts, each)));
  });
}

/** `build:*` are those one level down, `build:**` all below (https://github.com/mysticatea/npm-run-all/blob/master/docs/npm-run-all.md#glob-like-pattern-matching-for-script-names). */
function listMatching(scripts: Scripts, pattern: string): string[] {
  const bare = pattern.replaceAll(/^['"]|['"]$/g, '');
  if (!/^[^*]{0,100}\*{1,2}[^*]{0,100}$/.test(bare)) return [bare];
  const expression = bare.replaceAll(/[^\w*]/g, '\\$&').replaceAll(/\*{1,9}/g, (stars) => (stars.length > 1 ? '.*' : '[^:]*'));
  return [...scripts.keys()].filter((name) => new RegExp(`^${expression}$`).test(name));
}

function toPart(scripts: Scripts, command: string): ScriptPart {
  return toScript(scripts, readScriptName(command) ?? '')[0] ?? { command };
}

/** Names that a shell would take for more than a word are left alone. */
function toScript(scripts: Scripts, name: string): ScriptPart[] {
  return scripts.has(name) && /^[\w:.-]+$/.test(name) ? [{ command: `npm run ${name}`, script: name }] : [];
}

function readScriptName(command: string): string | undefined {
  return /^(?:npm|pnpm|yarn|bun)(?:\s+run)?\s+([\w:.-]+)$/.exec(command.trim())?.[1];
}
