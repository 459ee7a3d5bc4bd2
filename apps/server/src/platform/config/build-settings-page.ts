import { listSettings, type Setting } from './list-settings.ts';
import { describeExpected } from './read-setting.ts';

/** The text of docs/settings.md. */
export function buildSettingsPage(): string {
  const settings = listSettings();
  const sections = [...new Set(settings.map(({ path }) => (path.length > 1 ? path[0]! : '')))];
  return [
    '# Settings of the service',
    '',
    'Made from the program by `npm run settings --workspace @deployguard/server`; a test compares.',
    '',
    'Each setting is read from the environment, else from `config.yaml`, else it has its default. The file is that of `--config` or',
    '`DEPLOYGUARD_CONFIG`, else `config.yaml` in the working directory, else `/etc/deployguard/config.yaml`. A variable with `_FILE` at its end',
    'names a file that holds the value. `deployguard config check` tells what is set, from where, and all that is wrong: also',
    'with the files, keys, certificates and folders that settings name. What is wrong keeps the service from starting. Unknown keys are errors.',
    ...sections.flatMap((section) => [
      '',
      `## ${section === '' ? 'General' : `\`${section}\``}`,
      '',
      '| Setting | Environment | Expected | Default | What it is |',
      '|---|---|---|---|---|',
      ...settings.filter(({ path }) => (path.length > 1 ? path[0]! : '') === section).map(toRow),
    ]),
    '',
  ].join('\n');
}

function toRow({ name, variables, schema }: Setting): string {
  const preset =
    name === 'dataDirectory'
      ? '`/var/lib/deployguard` for root, else `~/.local/share/deployguard`'
      : schema.default === undefined
        ? ''
        : `\`${JSON.stringify(schema.default)}\``;
  const cells = [
    `\`${name}\``,
    variables.map((variable) => `\`${variable}\``).join(', '),
    describeExpected(schema),
    preset,
    schema.description ?? '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
