import { builtInRules, type Configuration, findConfiguration, parseConfiguration } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { DetectionFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { readInputText } from './read-input-file.ts';

/** The configuration that applies: the file that was named, else the one at the top of the work tree; options of the command line win. */
export async function loadConfiguration(flags: DetectionFlags, directory: string | undefined, context: CliContext): Promise<Configuration> {
  const isTrusted = flags.repoConfig !== false;
  const name = flags.config ?? (directory === undefined || !isTrusted ? undefined : findConfiguration(directory));
  const file = name === undefined ? undefined : readInputText(name, context);
  if (file?.text.includes('\ufffd'))
    throw new CliError('USAGE', `${file.path} is not in UTF-8, so that what it says of names and values would fit none. Save it in UTF-8.`);
  const configuration: Configuration =
    file === undefined
      ? { detector: {}, allowances: [] }
      : await parseConfiguration(file.text, {
          fileName: file.path,
          today: new Date().toISOString().slice(0, 10),
          knownRules: builtInRules.map(({ id }) => id),
        });
  const known = new Set([...builtInRules.map(({ id }) => id), ...(configuration.detector.userRules ?? []).map(({ id }) => id)]);
  for (const id of [...(flags.rule ?? []), ...(flags.disableRule ?? [])]) {
    if (!known.has(id)) throw new CliError('USAGE', `There is no rule "${id}". List them with \`deployguard rules list\`.`);
  }
  return {
    ...configuration,
    ...(!isTrusted && { ignoresComments: true }),
    detector: {
      ...configuration.detector,
      ...(flags.rule && { enabledRules: flags.rule }),
      ...(flags.disableRule && { disabledRules: [...(configuration.detector.disabledRules ?? []), ...flags.disableRule] }),
    },
  };
}
