import type { Facts } from '../analysis.ts';
import type { Project } from '../project.ts';
import type { NodeFramework } from './node-frameworks.ts';
import type { NodePackageManager } from './node-package-manager.ts';
import { listCommands, listParts, type ScriptPart, type Scripts } from './node-scripts.ts';

const manifest = 'package.json';

/** Commands that empty a database, or may: nothing that is built needs them. */
const destructive =
  /\bprisma\s+migrate\s+reset\b|\bprisma\s+db\s+push\b.{0,200}\s--(?:force-reset|accept-data-loss)\b|\bsequelize(?:-cli)?\s+db:drop\b|\btypeorm\b.{0,200}\sschema:drop\b|\bmikro-orm(?:-esm)?\s+(?:schema|migration):(?:drop|fresh)\b|\bdrizzle-kit\s+push\b.{0,200}\s--force\b/;

/** Commands that change the tables of a database, which a build does not have. */
const migrating =
  /\bprisma\s+(?:migrate\s+deploy|db\s+push)\b|\bdrizzle-kit\s+(?:migrate|push)\b|\bknex\b.{0,200}\smigrate:(?:latest|up)\b|\bsequelize(?:-cli)?\s+db:migrate\b|\btypeorm\b.{0,200}\s(?:migration:run|schema:sync)\b|\bmikro-orm(?:-esm)?\s+migration:up\b|\bnode-pg-migrate\s+up\b|\bmedusa\s+db:migrate\b|\b(?:node|tsx|ts-node|bun)\s(?:\S{1,200}\s){0,5}?(?:\S{1,200}\/)?(?:run-)?migrat(?:e|ions?)(?:\.[cm]?[jt]s)?$/;

/** Programs that are there without a package. */
const ownPrograms = /^(?:node|npm|npx|pnpm|yarn|bun|bunx|cp|mv|rm|mkdir|echo)$/;

/** What else a package is called by. */
const programOf: Readonly<Record<string, string>> = { tsc: 'typescript', nest: '@nestjs/cli', ng: '@angular/cli' };

export interface NodeBuildInput {
  readonly project: Project;
  readonly scripts: Scripts;
  readonly libraries: readonly string[];
  readonly manager: NodePackageManager;
  readonly framework: NodeFramework | undefined;
}

/** The script that builds, without what it does to a database, else the build of the framework; with the variables that it needs for a server. */
export function findNodeBuild(input: NodeBuildInput): Pick<Facts, 'buildCommand'> {
  const { buildCommand } = findCommand(input);
  if (buildCommand === undefined) return {};
  const { buildVariables } = input.framework ?? {};
  return { buildCommand: { ...buildCommand, ...(buildVariables && { value: `${buildVariables} ${buildCommand.value}` }) } };
}

function findCommand(input: NodeBuildInput): Pick<Facts, 'buildCommand'> {
  const { project, scripts, manager, framework } = input;
  const script = listBuildScripts(project).find((name) => scripts.has(name));
  if (script === undefined) return framework?.build === undefined ? {} : buildByFramework(project, manager, framework.build);
  const written = { rule: 'node-build-script', file: manifest, at: `"${script}"` };
  const touching = listCommands(scripts, script).filter((command) => migrating.test(command) || destructive.test(command));
  if (touching.length === 0) return { buildCommand: project.answer(`${manager.run} ${script}`, written) };
  const rest = listParts(scripts, script).filter((part) => !touchesDatabase(scripts, part));
  const commands = rest.map((part) => toCommand(input, part));
  const [first] = touching;
  if (commands.length > 0 && commands.every((command) => command !== undefined)) {
    project.note(manifest, `The script "${script}" changes a database (${first}), which a build does not have. That part is left out.`);
    return { buildCommand: project.answer(commands.join(' && '), { ...written, rule: 'node-build-script-part', confidence: 'medium' }) };
  }
  if (!touching.some((command) => destructive.test(command))) {
    project.note(manifest, `The script "${script}" changes a database (${first}), which a build does not have.`);
    return { buildCommand: project.answer(`${manager.run} ${script}`, { ...written, confidence: 'low' }) };
  }
  project.note(manifest, `The script "${script}" empties a database (${first}) and is no build.`);
  return rest.length > 0 && framework?.build !== undefined ? buildByFramework(project, manager, framework.build) : {};
}

/** What Heroku and Google run after the installation, often in a folder below (https://devcenter.heroku.com/articles/nodejs-support#customizing-the-build-process). */
const scriptsOfHosts = ['heroku-postbuild', 'gcp-build'];

/** For an application in PHP, `build` is often for its developers (https://laravel-mix.com/docs/6.0/installation#npm-scripts). */
function listBuildScripts(project: Project): string[] {
  return project.has('composer.json') ? ['production', 'prod', 'build:prod', 'build'] : ['build', ...scriptsOfHosts];
}

function buildByFramework(project: Project, { execute }: NodePackageManager, build: string): Pick<Facts, 'buildCommand'> {
  return {
    buildCommand: project.answer(`${execute} ${build}`, { rule: 'node-framework-build', confidence: 'medium', file: manifest }),
  };
}

function touchesDatabase(scripts: Scripts, { command, script }: ScriptPart): boolean {
  const commands = script === undefined ? [command] : listCommands(scripts, script);
  return commands.some((each) => migrating.test(each) || destructive.test(each));
}

/** A part as a command of its own; `undefined` where it is more than a program of a dependency with plain words. */
function toCommand({ libraries, manager }: NodeBuildInput, { command, script }: ScriptPart): string | undefined {
  if (script !== undefined) return `${manager.run} ${script}`;
  if (!/^[\w.@/:=-]+(?: [\w.@/:=-]+)*$/.test(command)) return undefined;
  const program = command.split(' ', 1)[0]!;
  if (ownPrograms.test(program)) return command;
  return libraries.includes(programOf[program] ?? program) ? `${manager.execute} ${command}` : undefined;
}
