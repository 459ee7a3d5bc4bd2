import { type Command, Option } from 'commander';

/** Options that every command has. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('-q, --quiet', 'print results and errors only')
    .option('--no-color', 'never colour the output; NO_COLOR and FORCE_COLOR are respected too');
}

export interface CommonFlags {
  readonly quiet?: boolean;
  readonly color: boolean;
}

/** Options that choose rules and judge findings. */
export function addDetectionOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: .deployguard.toml or .deployguard.yaml at the top of the work tree)')
    .option(
      '--no-repo-config',
      'neither the configuration nor the `deployguard:allow` comments of the repository, as for a stranger’s changes',
    )
    .option('--rule <id...>', 'only these rules')
    .option('--disable-rule <id...>', 'all rules but these');
}

export interface DetectionFlags {
  readonly config?: string;
  /** False when what the repository says of itself is not to count. */
  readonly repoConfig?: boolean;
  readonly rule?: readonly string[];
  readonly disableRule?: readonly string[];
}

/** Options that choose a repository. */
export function addRepositoryOptions(command: Command): Command {
  return command
    .optionsGroup('Which repository:')
    .addOption(
      new Option('--repo-path <path>', 'local repository: work tree, bare repository or bundle file (default: .)').conflicts('url'),
    )
    .addOption(
      new Option('--url <url>', 'remote repository (https, ssh); credentials come from DEPLOYGUARD_GIT_USERNAME and DEPLOYGUARD_GIT_TOKEN'),
    );
}

export interface RepositoryFlags {
  readonly repoPath?: string;
  readonly url?: string;
}

/** Help text with examples, in the same shape everywhere. */
export function addExamples(command: Command, examples: readonly (readonly [command: string, meaning: string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}   ${meaning}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Options of commands that work with the service's own settings and database. */
export function addServiceOptions(command: Command): Command {
  return addCommonOptions(
    command.option(
      '--config <file>',
      "the service's settings (default: DEPLOYGUARD_CONFIG, config.yaml here, /etc/deployguard/config.yaml)",
    ),
  );
}

export interface ServiceFlags extends CommonFlags {
  readonly config?: string;
}
