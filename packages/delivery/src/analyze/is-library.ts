import { findNodeFramework } from './languages/node-frameworks.ts';
import { listCommands, listScripts } from './languages/node-scripts.ts';
import { findTable } from './list-members.ts';
import type { Project } from './project.ts';

const builders = /^(?:tsup|tsdown|unbuild|rollup|microbundle|bunchee|pkgroll|ng-packagr|api-extractor)(?:\s|$)/;
/** https://react.email/docs/cli */
const mails = /^email\s+(?:dev|start)(?:\s|$)/;

/** Whether a member of a workspace for Node is a library, a program for the command line, or mails that are looked at, and serves nobody. */
export function isLibrary(project: Project): boolean {
  const packageFile = project.parse('package.json');
  if (packageFile === undefined) return false;
  const scripts = listScripts(packageFile);
  if (['start', 'dev'].some((name) => listCommands(scripts, name).some((command) => mails.test(command)))) return true;
  const runtime = Object.keys(findTable(packageFile, 'dependencies') ?? {});
  if (findNodeFramework(project, runtime) !== undefined) return false;
  if (packageFile['bin'] !== undefined) return true;
  return !scripts.has('start') && listCommands(scripts, 'build').some((command) => builders.test(command));
}
