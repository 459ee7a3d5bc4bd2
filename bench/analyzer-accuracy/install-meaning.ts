import { listSteps } from './list-steps.ts';

/** What installs the dependencies that the manifests name. The group is the manager. */
const installations: readonly RegExp[] = [
  /^(npm|pnpm|yarn|bun) (?:install|ci|i)\b/,
  /^(uv) sync\b/,
  /^(poetry|pdm|pipenv|composer|deno) install\b/,
  /^(pip) install (?:-r|\.)/,
  /^(bundle) install\b/,
  /^(go) mod download\b/,
  /^(mix) deps\.get\b/,
  /^(dotnet) restore\b/,
  /^(cargo) fetch\b/,
];

/** Tools are no dependencies. */
const tools = /\s(?:-g|--global|--upgrade)\s|^(?:pip|gem) install [^-.]|^mix (?:local|deps\.compile|assets\.setup)/;

export function isInstallation(words: readonly string[]): boolean {
  const command = words.join(' ');
  return tools.test(command) || installations.some((expression) => expression.test(command));
}

/**
 * What is installed by what, in order: `npm ci` and `npm install` are the same, and so is whether the lock file must hold. With pip, the
 * manifest counts.
 */
export function installMeaning(commands: readonly string[], folder: string): string[] {
  const steps = commands.flatMap((command) => listSteps(command, folder)).map(({ words }) => words.join(' '));
  const meanings = steps.flatMap((command) => {
    const manager = tools.test(command) ? undefined : installations.map((expression) => expression.exec(command)?.[1]).find(Boolean);
    return manager === undefined ? [] : [manager === 'pip' ? command.replace(/^pip install (?:-r )?/, 'pip ') : manager];
  });
  return [...new Set(meanings)];
}
