import { findCompose, type ComposeFacts } from './find-compose.ts';
import { findDockerfile, type DockerfileFacts } from './find-dockerfile.ts';
import type { Project } from './project.ts';

/** The Dockerfile, started with the arguments that a compose file gives it where it has none itself. */
export function findContainer(
  project: Project,
  wanted: string | false | undefined,
): { dockerfile?: DockerfileFacts; compose: ComposeFacts } {
  const dockerfile = wanted === false ? undefined : findDockerfile(project, wanted);
  const compose = findCompose(project, dockerfile?.path.value);
  if (dockerfile === undefined) return { compose };
  const { startCommand, takesArguments } = dockerfile;
  if (startCommand === undefined || !takesArguments || compose.command === undefined) return { dockerfile, compose };
  const value = `${startCommand.value} ${compose.command.value}`;
  return { dockerfile: { ...dockerfile, startCommand: { ...compose.command, value } }, compose };
}
