import type { ApplicationRow, ApplicationView } from './application-queries.ts';
import { scaleBackground } from './background-processes.ts';
import type { ReleaseSpec, RunSpec } from './release-spec.ts';

/** How many there should be of what users have, by name; `web` is the one that users reach. */
export function countProcesses({ current_spec: spec, ...application }: ApplicationView): Record<string, number> {
  return spec === null ? {} : countProcessesOf(spec as ReleaseSpec, application);
}

/** How many of a release there would be in the application, which may have been scaled. */
export function countProcessesOf(
  { instances, background = [] }: Pick<RunSpec, 'instances' | 'background'>,
  { instances: chosen, process_instances: counts }: Pick<ApplicationRow, 'instances' | 'process_instances'>,
): Record<string, number> {
  const others = scaleBackground(background, counts).map((each) => [each.name, each.instances] as const);
  return { web: chosen ?? instances, ...Object.fromEntries(others) };
}
