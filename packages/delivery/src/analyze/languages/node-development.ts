import type { Project } from '../project.ts';
import { findTable } from '../list-members.ts';
import { isCompiled, findCompiledFile } from './node-compiled.ts';
import type { NodePackageManager } from './node-package-manager.ts';
import { listCommands, resolveScript, type Scripts } from './node-scripts.ts';
import { cleanFolder } from './node-settings.ts';

/** Scripts of these kinds start a server for the developer, which is not what serves users. */
const developmentServers = [
  /(?:^|[\s&;/])(?:vite(?!\s+(?:build|preview))|react-scripts\s+start|ng\s+serve|webpack(?:-dev-server|\s+serve)|next\s+dev|nuxt\s+dev|astro\s+dev|vue-cli-service\s+serve|remix\s+dev|parcel(?!\s+build)|gatsby\s+develop|nodemon|ts-node-dev|tsnd|tsx\s+watch|nest\s+start\s+--watch|nx\s+(?:run\s+\S+:)?serve|expo\s+start|email\s+(?:dev|start))(?:\s|$)/,
  /(?:^|[\s&;/])(?:docusaurus[\s-]start|(?:vuepress|vitepress|umi|max|preact|sapper|vinxi|nitro|storybook)\s+(?:dev|watch)|hexo\s+s(?:erver)?|ember\s+s(?:erve)?|brunch\s+watch|polymer\s+serve|sanity\s+(?:start|dev))(?:\s|$)/,
  /(?:^|[\s&;/])(?:eleventy|stencil\s+build)\s[^&|;]{0,200}--(?:serve|watch)\b/,
];

export function isForDevelopment(command: string): boolean {
  return developmentServers.some((expression) => expression.test(command));
}

/** Whether what a script comes to is a server for the developer. */
export function isDevelopmentServer(scripts: Scripts, name: string): boolean {
  return isForDevelopment(resolveScript(scripts, name));
}

/** What authors call a start that serves users, where `start` is theirs. */
const productionScripts = ['start:prod', 'start:production', 'prod', 'production', 'serve:prod'];

/** The script that serves users although `start` does not. What builds by that name is no start. */
export function findProductionScript(scripts: Scripts): string | undefined {
  return productionScripts.find((name) => {
    const commands = listCommands(scripts, name);
    const starts = commands.some((command) => serves.test(command));
    return starts && !commands.some((command) => isForDevelopment(command));
  });
}

const serves =
  /^(?:(?:npx\s+)?(?:cross-env|env|dotenv)\s+(?:--\s+)?)?(?:\w+=\S*\s+)*(?:npx\s+)?(?:node(?!\s+\S*build)|bun(?!\s+(?:run\s+)?build)|tsx|ts-node|next\s+start|nuxt\s+start|nest\s+start|remix-serve|react-router-serve|serve|http-server|pm2(?:-runtime)?|forever|sails|strapi|medusa)(?:\s|$)/;

const watched =
  /^((?:(?:npx\s+)?cross-env\s+)?(?:\w+=[\w./:-]*\s+)*)(?:npx\s+)?(nodemon|ts-node-dev|tsnd|tsx\s+watch)((?:\s+[\w=:@./*,-]+)*)$/;
/** Options of those programs whose value is a word of its own. */
const takesValue = /^(?:-[weCrP]|--(?:watch|ignore|ext|delay|cwd|config|signal|project|require|tsconfig|env-file))$/;

export interface WatchedInput {
  readonly project: Project;
  readonly packageFile: Record<string, unknown>;
  readonly scripts: Scripts;
  readonly manager: Pick<NodePackageManager, 'execute'>;
}

/** The program that a watcher starts anew with every change: `nodemon index.js` is `node index.js`. */
export function findWatchedProgram({ project, packageFile, scripts, manager }: WatchedInput, command: string): string | undefined {
  const [, variables = '', watcher, rest = ''] = watched.exec(command.trim()) ?? [];
  if (watcher === undefined || variables.includes('cross-env') || /\s(?:-x|--exec)\b/.test(rest)) return undefined;
  const words = rest.trim().split(/\s+/);
  const named = words.find((word, index) => /^[\w./-]+\.[cm]?[jt]s$/.test(word) && !takesValue.test(words[index - 1] ?? ''));
  const main = packageFile['main'];
  const entry = cleanFolder(named ?? (watcher === 'nodemon' && words.join('') === '' && typeof main === 'string' ? main : ''));
  if (!project.has(entry)) return undefined;
  const plain = variables.replaceAll(/\bNODE_ENV=dev\w*\s+/g, '');
  if (!/\.[cm]?ts$/.test(entry)) return `${plain}node ${entry}`;
  const compiled = isCompiled(scripts) ? findCompiledFile(project, entry) : undefined;
  if (compiled !== undefined) return `${plain}node ${compiled}`;
  const libraries = ['dependencies', 'devDependencies'].flatMap((key) => Object.keys(findTable(packageFile, key) ?? {}));
  const runner = libraries.includes('tsx') || !libraries.includes('ts-node') ? 'tsx' : 'ts-node';
  return `${plain}${manager.execute} ${runner} ${entry}`;
}
