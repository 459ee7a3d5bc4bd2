import type { DeploymentConfig } from '@deployguard/contracts';
import { DeliveryError } from '@deployguard/delivery';
import type { Analysis } from '@deployguard/delivery';

const composeFile = /^(?:docker-)?compose\.ya?ml$/;

/**
 * Refuses a commit in which nothing was found that could be an application, and says what is there instead.
 *
 * @throws {DeliveryError} `NOTHING_TO_START`
 */
export function assertApplication(
  paths: readonly string[],
  { language, startCommand, staticOutput, dockerfile, ambiguities, root }: Analysis,
  { application = {} }: DeploymentConfig,
): void {
  const found = language ?? startCommand ?? staticOutput ?? dockerfile;
  if (found !== undefined || ambiguities.length > 0 || application.start_command !== undefined) return;
  const inside =
    root.value === '' ? paths : paths.filter((path) => path.startsWith(`${root.value}/`)).map((path) => path.slice(root.value.length + 1));
  throw new DeliveryError('NOTHING_TO_START', explain(inside));
}

function explain(paths: readonly string[]): string {
  if (paths.length === 0) return 'There is no application: the commit holds no files.';
  const compose = paths.find((path) => composeFile.test(path));
  if (compose !== undefined)
    return `${compose} is not run here. Deploy each of its services that has code as an application of its own, by its folder, and give it the addresses of the others, such as databases, as variables (\`deployguard apps env set\`).`;
  return 'There is no application: no file says in which language it is written or how it is started. Name its start_command in deployguard.yaml, if there is one.';
}
