import type { Command } from 'commander';

/** The reference in `docs/cli.md`: the help of every command, as users see it. A test compares the file with this. */
export function buildReference(program: Command): string {
  const commands = listAll(program, []);
  return [
    '# Command line reference',
    '',
    'Written from the program by `node apps/cli/src/reference/write-reference.ts`; a test compares. Exit codes: [exit-codes.md](exit-codes.md). Report formats: [reports.md](reports.md).',
    '',
    ...commands.map(
      ({ path, command }) => `- [\`${path}\`](#${path.replaceAll(' ', '-')}): ${command.createHelp().subcommandDescription(command)}`,
    ),
    ...commands.flatMap(({ path, command }) => ['', `## ${path}`, '', '```text', readHelp(command), '```']),
    '',
  ].join('\n');
}

function listAll(command: Command, parents: readonly string[]): { path: string; command: Command }[] {
  const path = [...parents, command.name()];
  return [{ path: path.join(' '), command }, ...command.commands.flatMap((child) => listAll(child, path))];
}

/** What `--help` prints, with the examples below it. */
function readHelp(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece), getOutHelpWidth: () => 110 });
  command.outputHelp();
  return text.trimEnd();
}
