import { type Command, InvalidArgumentError, Option } from 'commander';

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
    .option('--rule <rule-id...>', 'only these rules; `deployguard rules list` has the ids')
    .option('--disable-rule <rule-id...>', 'all rules but these');
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
      new Option(
        '--url <url>',
        'remote repository: https, with credentials from DEPLOYGUARD_GIT_USERNAME and DEPLOYGUARD_GIT_TOKEN, or ssh, with your own key',
      ),
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

/** Options of commands that talk to a service. */
export function addServerOptions(command: Command): Command {
  return addCommonOptions(addConnectionOptions(command.option('--json', 'print what the service answers, for programs')));
}

/** Options of commands that talk to a service and whose output is a document. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--server <url>', 'the service (default: DEPLOYGUARD_SERVER, the last login, http://127.0.0.1:8000)')
    .option('--ca-file <file>', 'authorities to trust besides the public ones (default: DEPLOYGUARD_CA_FILE)')
    .option('--allow-http', 'send the API key also where it is not encrypted');
}

export interface ConnectionFlags {
  readonly server?: string;
  readonly caFile?: string;
  readonly allowHttp?: boolean;
}

export interface ServerFlags extends CommonFlags, ConnectionFlags {
  readonly json?: boolean;
}

/** Options of commands that talk to a service, and can also work on its database, over all tenants. */
export function addOperatorOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--all-tenants', "in the service's database, for whoever runs the service").conflicts(['server', 'caFile', 'allowHttp']),
    )
    .option(
      '--config <file>',
      "with --all-tenants, the service's settings (default: DEPLOYGUARD_CONFIG, config.yaml here, /etc/deployguard/config.yaml)",
    );
}

export interface OperatorFlags {
  readonly allTenants?: boolean;
  readonly config?: string;
}

/** Options of commands that show a list, newest first. */
export function addListOptions(command: Command): Command {
  return command
    .addOption(new Option('--limit <count>', 'how many to show at most').default(50).argParser(parseCount))
    .option('--all', 'show all');
}

export interface ListFlags {
  readonly limit: number;
  readonly all?: boolean;
}

/** A whole number from 1 on. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}
