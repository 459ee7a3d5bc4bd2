import type { Baseline } from './baseline.ts';
import type { Configuration } from './configuration.ts';
import type { ParseConfigurationOptions } from './parse-configuration.ts';

// Most scans have no such file, and what reads them takes longer to load than a small repository to scan.

/** @throws {ConfigurationError} naming the place in the file, what was expected there and, for a wrong name, the likely right one. */
export async function parseConfiguration(text: string, options: ParseConfigurationOptions): Promise<Configuration> {
  const parser = await import('./parse-configuration.ts');
  return parser.parseConfiguration(text, options);
}

/** @throws {ConfigurationError} when the text is no baseline file. */
export async function parseBaseline(text: string, fileName: string): Promise<Baseline> {
  const parser = await import('./parse-baseline.ts');
  return parser.parseBaseline(text, fileName);
}
