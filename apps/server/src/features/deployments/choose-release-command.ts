import type { DeploymentConfig } from '@deployguard/contracts';
import type { Analysis } from '@deployguard/delivery';

export interface ReleaseCommandChoice {
  readonly command?: string;
  /** What whoever deploys should know. */
  readonly remark?: string;
}

/** What runs before a release is started. One that is only guessed is not run: nobody asked for it. That is told. */
export function chooseReleaseCommand(
  { releaseCommand: found }: Pick<Analysis, 'releaseCommand'>,
  config: DeploymentConfig,
): ReleaseCommandChoice {
  const configured = config.application?.release_command;
  if (configured !== undefined) return { command: configured };
  if (found === undefined) return {};
  if (found.confidence === 'high') return { command: found.value };
  return {
    remark: `\`${found.value}\` does not run before the release, since it is a guess: to have it run, name it as \`release_command\`.`,
  };
}
