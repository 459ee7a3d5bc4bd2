import type { Command, Option } from 'commander';

/** What completion scripts and the reference need to know of the command tree. */
export interface CommandDescription {
  /** Words from the program's name on: `['deployguard', 'rules', 'list']`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly options: readonly OptionDescription[];
  readonly arguments: readonly ArgumentDescription[];
  readonly commands: readonly CommandDescription[];
}

export interface OptionDescription {
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** What comes after the option. */
  readonly value: ValueKind;
  readonly choices: readonly string[];
}

export interface ArgumentDescription {
  readonly name: string;
  /** Whether it takes all words that follow. */
  readonly isVariadic: boolean;
  readonly value: ValueKind;
  readonly choices: readonly string[];
}

/** `rule`: the id of one. */
type ValueKind = 'none' | 'choice' | 'path' | 'rule' | 'text';

/** Describes a command and all below it, as help shows them. */
export function describeCommands(command: Command, parents: readonly string[] = []): CommandDescription {
  const path = [...parents, command.name()];
  const help = command.createHelp();
  return {
    path,
    summary: help.subcommandDescription(command),
    options: help.visibleOptions(command).map(describeOption),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      isVariadic: argument.variadic,
      value: argument.argChoices ? 'choice' : kindOf(argument.name()),
      choices: argument.argChoices ?? [],
    })),
    commands: command.commands.map((child) => describeCommands(child, path)),
  };
}

/** The command and all below it, depth first. */
export function listCommands(command: CommandDescription): CommandDescription[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

function describeOption(option: Option): OptionDescription {
  return {
    long: option.long!,
    ...(option.short !== undefined && { short: option.short }),
    description: option.description,
    value: valueOf(option),
    choices: option.argChoices ?? [],
  };
}

function valueOf(option: Option): ValueKind {
  if (option.argChoices) return 'choice';
  const placeholder = /[<[]([^<[>\]]+)[>\]]/.exec(option.flags)?.[1];
  return placeholder === undefined ? 'none' : kindOf(placeholder);
}

function kindOf(placeholder: string): 'path' | 'rule' | 'text' {
  if (placeholder.startsWith('rule-id')) return 'rule';
  return /^(?:[a-z]+-)?(?:file|path|directory|folder|source)/.test(placeholder) ? 'path' : 'text';
}
