import { createAllowance } from './allowances.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { ConfigurationFault, FaultPath } from './configuration-fault.ts';
import { ConfigurationFile } from './configuration-schema.ts';
import { listMeaningFaults } from './list-meaning-faults.ts';
import { listShapeFaults } from './list-shape-faults.ts';
import { type ConfigurationText, parseConfigurationText } from './parse-configuration-text.ts';
import type { Configuration } from './configuration.ts';

export interface ParseConfigurationOptions {
  /** Named in errors; its ending tells TOML from YAML. */
  readonly fileName: string;
  /** `YYYY-MM-DD`, for entries that expire. */
  readonly today: string;
  /** Ids that `rules` and `allow` may name, besides those of the file's own rules. */
  readonly knownRules: readonly string[];
}

/**
 * @throws {ConfigurationError} with a line for each fault: file, line, place in the file, what was expected there and, for a wrong name,
 *   the likely right one.
 */
export function parseConfiguration(text: string, { fileName, today, knownRules }: ParseConfigurationOptions): Configuration {
  const { value, findLine } = parseConfigurationText(text, fileName);
  const faults = [...listShapeFaults(ConfigurationFile, value), ...listMeaningFaults(value, knownRules)];
  if (faults.length > 0) throw new ConfigurationError(describeFaults(faults, fileName, findLine));
  const file = value as ConfigurationFile;
  return {
    detector: {
      ...(file.rules?.disable ? { disabledRules: file.rules.disable } : {}),
      ...(file.rules?.only ? { enabledRules: file.rules.only } : {}),
      ...(file.rule ? { userRules: file.rule } : {}),
    },
    allowances: (file.allow ?? []).map((entry) => createAllowance(entry, today)),
  };
}

function describeFaults(faults: readonly ConfigurationFault[], fileName: string, findLine: ConfigurationText['findLine']): string {
  return faults
    .map(({ path, key, message }) => {
      const line = findLine(key === undefined ? path : [...path, key]);
      return { line: line ?? 0, text: `${fileName}${line === undefined ? '' : `:${line}`}: ${toFieldName(path)}: ${message}.` };
    })
    .sort((a, b) => a.line - b.line)
    .map(({ text }) => text)
    .join('\n');
}

/** `allow[0].paths[1]`. */
function toFieldName(path: FaultPath): string {
  const name = path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
  return name === '' ? 'the file' : name;
}
