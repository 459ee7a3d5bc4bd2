import { createDetector, type Detector, type DetectorOptions } from './detector.ts';

/**
 * A detector that may have rules of the user's own: the engine that runs them is loaded when there are any.
 *
 * @throws {ConfigurationError} for a user rule that cannot be used.
 */
export async function loadDetector(options: DetectorOptions = {}): Promise<Detector> {
  if (!options.userRules?.length) return createDetector(options);
  const { buildUserRule } = await import('./user-rule.ts');
  return createDetector(options, buildUserRule);
}
