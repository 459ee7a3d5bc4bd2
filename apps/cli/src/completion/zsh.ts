import { type ArgumentDescription, type CommandDescription, listCommands, type OptionDescription } from '../reference/describe-commands.ts';

/** For zsh 5 and newer; works as an autoloaded function and when sourced. */
export function buildZshCompletion(program: CommandDescription, ruleIds: readonly string[]): string {
  const name = program.path[0]!;
  return `#compdef ${name}
# Completion of ${name} for zsh.
__deployguard_rule_ids() {
  local -a ids
  ids=(${ruleIds.join(' ')})
  compadd "$@" -a ids
}
${listCommands(program).map(buildFunction).join('\n')}
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function buildFunction(command: CommandDescription): string {
  const specs = command.options.flatMap(describeOption);
  if (command.commands.length === 0) {
    return `${functionName(command.path)}() {
  _arguments -s ${[...specs, ...command.arguments.map(describeArgument)].join(' \\\n    ')}
}`;
  }
  const cases = command.commands.map(({ path }) => `      ${path.at(-1)}) ${functionName(path)} ;;`);
  const names = command.commands.map(({ path, summary }) => quote(`${path.at(-1)!.replaceAll(':', '\\:')}:${summary}`));
  return `${functionName(command.path)}() {
  local state line
  local -a commands
  commands=(
    ${names.join('\n    ')}
  )
  _arguments -C ${[...specs, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case "$state" in
    command) _describe command commands ;;
    rest) case "$line[1]" in
${cases.join('\n')}
    esac ;;
  esac
}`;
}

function functionName(path: readonly string[]): string {
  return `_${path.join('_')}`;
}

function describeOption({ long, short, description, value, choices }: OptionDescription): string[] {
  const text = `[${description.replaceAll(/[[\]]/g, '\\$&')}]`;
  const action = value === 'none' ? '' : `:${long.slice(2)}:${actionOf(value, choices)}`;
  // `=`: the value may follow in the same word (zshcompsys(1), _arguments).
  const flags = [value === 'none' ? long : `${long}=`, short];
  return flags.filter((flag) => flag !== undefined).map((flag) => quote(`${flag}${text}${action}`));
}

function describeArgument({ name, isVariadic, value, choices }: ArgumentDescription, index: number): string {
  return quote(`${isVariadic ? '*' : index + 1}:${name}:${actionOf(value, choices)}`);
}

function actionOf(value: string, choices: readonly string[]): string {
  if (value === 'choice') return `(${choices.join(' ')})`;
  return value === 'path' ? '_files' : value === 'rule' ? '__deployguard_rule_ids' : ' ';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
