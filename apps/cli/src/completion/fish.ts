import { type CommandDescription, listCommands, type OptionDescription } from '../reference/describe-commands.ts';

/** For fish 3 and newer. */
export function buildFishCompletion(program: CommandDescription, ruleIds: readonly string[]): string {
  const name = program.path[0]!;
  const lines = listCommands(program).flatMap((command) => [
    ...command.commands.map((child) => complete(name, command, [`-a ${quote(child.path.at(-1)!)}`, `-d ${quote(child.summary)}`])),
    ...command.arguments.flatMap(({ choices }) => choices.map((choice) => complete(name, command, [`-a ${quote(choice)}`]))),
    ...command.options.map((option) => complete(name, command, describeOption(option))),
    ...(command.arguments.some(({ value }) => value === 'rule') ? [complete(name, command, [listRuleIds])] : []),
    ...(command.arguments.some(({ value }) => value === 'path') ? [complete(name, command, ['-F'])] : []),
  ]);
  return `# Completion of ${name} for fish.
function __${name}_at
    set -l path
    for word in (commandline -opc)
        string match -q -- '-*' $word; and break
        set -a path $word
    end
    set path[1] ${name}
    test "$path" = "$argv"
end
function __deployguard_rule_ids
    string split ' ' '${ruleIds.join(' ')}'
end
complete -c ${name} -f
${lines.join('\n')}
`;
}

function complete(name: string, { path }: CommandDescription, what: readonly string[]): string {
  return `complete -c ${name} -n ${quote(`__${name}_at ${path.join(' ')}`)} ${what.join(' ')}`;
}

function describeOption({ long, short, description, value, choices }: OptionDescription): string[] {
  return [
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-d ${quote(description)}`,
    ...(value === 'none' ? [] : value === 'path' ? ['-r', '-F'] : ['-x']),
    ...(value === 'choice' ? [`-a ${quote(choices.join(' '))}`] : []),
    ...(value === 'rule' ? [listRuleIds] : []),
  ];
}

const listRuleIds = "-a '(__deployguard_rule_ids)'";

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
