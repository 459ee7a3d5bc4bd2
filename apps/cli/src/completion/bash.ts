import { type CommandDescription, listCommands } from '../reference/describe-commands.ts';

/** For bash 3.2 (macOS) and newer. */
export function buildBashCompletion(program: CommandDescription, ruleIds: readonly string[]): string {
  const [name] = program.path;
  const commands = listCommands(program);
  const pathCases = commands
    .filter(({ path }) => path.length > 1)
    .map(({ path }) => `      '${path.slice(0, -1).join(' ')}|${path.at(-1)}') path='${path.join(' ')}' ;;`);
  const valueCases = commands.flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value !== 'none')
      .map(({ long, short, value, choices }) => {
        const pattern = [long, short].filter((flag) => flag !== undefined).map((flag) => `'${path.join(' ')}|${flag}'`);
        return `    ${pattern.join('|')}) ${completeValue(value, choices)} ;;`;
      }),
  );
  const wordCases = commands.map(
    (command) =>
      `    '${command.path.join(' ')}') words=${listWords(command)}; flags='${listFlags(command)}'; files=${takesPath(command) ? 1 : 0} ;;`,
  );
  return `# Completion of ${name} for bash.
__deployguard_rule_ids='${ruleIds.join(' ')}'
__deployguard_files() {
  # readline knows best how names are quoted. bash before 4 cannot be told so here; behind --option= it would take the option for a folder.
  if [ -z "$2" ] && compopt -o default 2>/dev/null; then return; fi
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
}
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" prefix=''
  local path='${name}' words='' flags='' files=0 has_value=1 i
  COMPREPLY=()
  # --option=value is three words, or one where COMP_WORDBREAKS is without =.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ] && ((COMP_CWORD > 1)); then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  elif [[ "$current" == --*=* ]]; then
    previous="\${current%%=*}" prefix="\${current%%=*}=" current="\${current#*=}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path|\${COMP_WORDS[i]}" in
${pathCases.join('\n')}
    esac
  done
  case "$path|$previous" in
${valueCases.join('\n')}
    *) has_value=0 ;;
  esac
  if [ "$has_value" = 1 ]; then
    if [ -n "$prefix" ] && [ "\${#COMPREPLY[@]}" -gt 0 ]; then COMPREPLY=("\${COMPREPLY[@]/#/$prefix}"); fi
    return
  fi
  case "$path" in
${wordCases.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *)
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      if [ "$files" = 1 ]; then __deployguard_files "$current" ''; fi
      ;;
  esac
}
complete -o filenames -F _${name} ${name}
`;
}

function completeValue(value: string, choices: readonly string[]): string {
  if (value === 'choice') return `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current"))`;
  if (value === 'rule') return `COMPREPLY=($(compgen -W "$__deployguard_rule_ids" -- "$current"))`;
  return value === 'path' ? '__deployguard_files "$current" "$prefix"' : 'COMPREPLY=()';
}

/** As a word of the script. */
function listWords({ commands, arguments: parameters }: CommandDescription): string {
  if (parameters.some(({ value }) => value === 'rule')) return '"$__deployguard_rule_ids"';
  return `'${[...commands.map(({ path }) => path.at(-1)), ...parameters.flatMap(({ choices }) => choices)].join(' ')}'`;
}

function listFlags({ options }: CommandDescription): string {
  return options.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short])).join(' ');
}

function takesPath({ arguments: parameters }: CommandDescription): boolean {
  return parameters.some(({ value }) => value === 'path');
}
