import { Command, Help } from 'commander';
import { CliError } from './cli-error.ts';
import { addApiKeysCommand } from './commands/api-keys/api-keys.ts';
import { addAnalyzeCommand } from './commands/analyze.ts';
import { addApiCommand } from './commands/api.ts';
import { addAppsCommand } from './commands/apps/apps.ts';
import { addAuditCommand } from './commands/audit/audit.ts';
import { addCleanCommand } from './commands/clean.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConfigCommand } from './commands/config/config.ts';
import { addDbCommand } from './commands/db/db.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addGateCommand } from './commands/gate.ts';
import { addHealthCommand } from './commands/health.ts';
import { addHooksCommand } from './commands/hooks/hooks.ts';
import { addJobsCommand } from './commands/jobs/jobs.ts';
import { addKeyringCommand } from './commands/keyring/keyring.ts';
import { addLoginCommand } from './commands/login.ts';
import { addLogoutCommand } from './commands/logout.ts';
import { addProveCommand } from './commands/prove.ts';
import { addPushCommand } from './commands/push.ts';
import { addReportCommand } from './commands/report/report.ts';
import { addRouterCommand } from './commands/router.ts';
import { addRulesCommand } from './commands/rules/rules.ts';
import { addScanCommand } from './commands/scan.ts';
import { addSchedulerCommand } from './commands/scheduler.ts';
import { addServeCommand } from './commands/serve.ts';
import { addTasksCommand } from './commands/tasks/tasks.ts';
import { addUploadCommand } from './commands/upload.ts';
import { addWebhooksCommand } from './commands/webhooks/webhooks.ts';
import { addWorkerCommand } from './commands/worker.ts';
import type { CliContext } from './context.ts';

/** In the order of use. */
const commands: Readonly<Record<string, (program: Command, context: CliContext) => void>> = {
  scan: addScanCommand,
  clean: addCleanCommand,
  prove: addProveCommand,
  push: addPushCommand,
  rules: addRulesCommand,
  hooks: addHooksCommand,
  report: addReportCommand,
  gate: addGateCommand,
  upload: addUploadCommand,
  analyze: addAnalyzeCommand,
  deploy: addDeployCommand,
  apps: addAppsCommand,
  login: addLoginCommand,
  logout: addLogoutCommand,
  jobs: addJobsCommand,
  tasks: addTasksCommand,
  webhooks: addWebhooksCommand,
  'api-keys': addApiKeysCommand,
  serve: addServeCommand,
  api: addApiCommand,
  worker: addWorkerCommand,
  scheduler: addSchedulerCommand,
  router: addRouterCommand,
  health: addHealthCommand,
  db: addDbCommand,
  keyring: addKeyringCommand,
  audit: addAuditCommand,
  config: addConfigCommand,
  completion: addCompletionCommand,
};

/**
 * The command tree, or of it the branch of one command when there is one of that name. It is built at each start, so it only describes:
 * what a command does is imported when it runs.
 */
export function buildProgram(context: CliContext, only?: string): Command {
  const program = new Command('deployguard')
    .description("Finds secrets in a repository's whole history, removes the selected ones and proves that they are gone.")
    .version(context.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .showHelpAfterError('Run the command with --help for its options.')
    .exitOverride()
    .configureHelp({
      showGlobalOptions: false,
      styleTitle: (text) => context.stdout.paint('bold', text),
      optionDescription: (option) => `${new Help().optionDescription(option)}${option.mandatory ? ' (required)' : ''}`,
    })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: (text, write) => write(`${context.stderr.paint('red', 'error:')} ${text.replace(/^error: /, '')}`),
      getOutHelpWidth: () => Math.min(context.stdout.columns, 110),
      getErrHelpWidth: () => Math.min(context.stderr.columns, 110),
    })
    .addHelpText(
      'after',
      `
Start with:
  deployguard scan                      every secret in the history of this repository
  deployguard clean --interactive       choose what to remove; writes <repository>.cleaned.git and its proof
  deployguard push --target-url <url>   publish the cleaned history

Environment:
  DEPLOYGUARD_GIT_USERNAME, DEPLOYGUARD_GIT_TOKEN      credentials for https
  DEPLOYGUARD_SSH_KEY, DEPLOYGUARD_SSH_KNOWN_HOSTS     files for ssh (default: your own in ~/.ssh,
                                                       and the keys of your agent)
  DEPLOYGUARD_CA_FILE                                  authorities to trust for https instead of the system's
  DEPLOYGUARD_SERVER, DEPLOYGUARD_API_KEY              a service and the key for it, instead of a login
  NO_COLOR, FORCE_COLOR                                colour off, on

Exit codes: 0 clean, 1 findings, 2 usage, 3 authentication, 4 unreachable, 5 refused or failed, 70 fault in DeployGuard, 130 interrupted.`,
    );
  program.hook('preAction', (_, command) => assertNothingEmpty(command));
  const added = only !== undefined && Object.hasOwn(commands, only) ? [commands[only]!] : Object.values(commands);
  for (const addCommand of added) addCommand(program, context);
  return program;
}

/**
 * An empty value comes from a variable that is not set, and `--output ""`, or `deploy ""`, would mean the folder that one is in.
 *
 * @throws {CliError} `USAGE`
 */
function assertNothingEmpty(command: Command): void {
  for (const [name, value] of Object.entries(command.opts())) {
    // Only a replacement may be nothing.
    if (name === 'replacement' || ![value].flat().includes('')) continue;
    const option = command.options.find((candidate) => candidate.attributeName() === name);
    refuseEmpty(option?.long ?? name);
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    const values = argument.variadic ? command.args.slice(index) : command.args.slice(index, index + 1);
    // What git gives to a hook is git's.
    if (values.includes('') && argument.name() !== 'arguments') refuseEmpty(argument.name());
  }
}

function refuseEmpty(name: string): never {
  throw new CliError('USAGE', `${name} is empty. Give it a value; is a variable not set?`);
}
