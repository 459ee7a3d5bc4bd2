import { listMembers } from './list-members.ts';
import { isDevelopmentServer } from './languages/node-development.ts';
import { listStartCommands } from './languages/node-start.ts';
import { findDelegate } from './languages/node-delegate.ts';
import { listCommands, listScripts } from './languages/node-scripts.ts';
import type { Answer } from './answer.ts';
import { enterFolder, type Project } from './project.ts';

/** Programs that run the scripts of several members at once, or of the one that they are told. */
const runners = /^(?:cross-env\s+)?(?:\w+=\S*\s+)*(?:npx\s+)?(?:nx|turbo|lerna|moon|rush|wsrun|ultra|concurrently)\s/;
const recursive = /^(?:(?:p?npm|bun)\s.{0,200}?(?:-r|--recursive|--workspaces|--parallel|-ws|--filter)(?:[\s=]|$)|yarn\s+workspaces\s)/;
/** What is run from there serves the developers. */
const toolFile = /^node\s+(?:--?[\w=-]+\s+)*(?:\.\/)?(?:scripts?|tools?|tooling)\//;

/** Whether there may be members below it. */
export function isWorkspace(top: Project): boolean {
  return ['nx.json', 'lerna.json', 'turbo.json'].some((file) => top.has(file)) || listMembers(top).length > 0;
}

/** Whether the start of a workspace's top is none of its own: it starts members, what they leave, or a tool. */
export function isDelegating(top: Project, start: Answer<string>): boolean {
  if (!isWorkspace(top)) return false;
  // What a framework among the dependencies would start, where the build is that of the members.
  if (start.rule === 'node-framework-start')
    return listCommands(listScripts(top.parse('package.json') ?? {}), 'build').some((each) => runners.test(each) || recursive.test(each));
  if (start.rule !== 'node-start-script') return false;
  const members = listMembers(top);
  const commands = listStartCommands(top, start);
  return commands.some((command) => {
    const delegate = findDelegate(top, command);
    if (delegate !== undefined) {
      const inner = enterFolder(top, delegate.folder);
      return isDevelopmentServer(listScripts(inner.parse('package.json') ?? {}), delegate.script);
    }
    return runners.test(command) || recursive.test(command) || toolFile.test(command) || isServing(command, members);
  });
}

/** The files of a member: `http-server packages/web/dist`. */
function isServing(command: string, members: readonly string[]): boolean {
  if (!/^(?:npx\s+)?(?:serve|http-server)\s/.test(command)) return false;
  const words = command.split(/\s+/).map((word) => word.replace(/^\.\//, ''));
  return words.some((word) => members.some((member) => word.startsWith(`${member}/`)));
}

/** Applications of an Nx workspace, which may have no `package.json` of their own (https://nx.dev/reference/project-configuration). */
export function listNxApplications(top: Project): string[] {
  if (!top.has('nx.json')) return [];
  return top.paths
    .flatMap((path) => /^(apps\/(?:[\w-]+\/)?[\w-]+)\/project\.json$/.exec(path)?.[1] ?? [])
    .filter((folder) => !folder.endsWith('-e2e'));
}
