import type { ApplicationView } from './application-queries.ts';
import { scaleBackground } from './background-processes.ts';
import type { ReleaseSpec } from './release-spec.ts';

/** How many there should be of what users have, by name; `web` is the one that users reach. */
export function countProcesses({
  current_spec: spec,
  instances: chosen,
  process_instances: counts,
}: ApplicationView): Record<string, number> {
  if (spec === null) return {};
  const { instances, background = [] } = spec as ReleaseSpec;
  const others = scaleBackground(background, counts).map((each) => [each.name, each.instances] as const);
  return { web: chosen ?? instances, ...Object.fromEntries(others) };
}
