import type { Answer } from './answer.ts';
import { isProgram, type ComposeFacts } from './find-compose.ts';
import type { DockerfileFacts } from './find-dockerfile.ts';
import type { Project } from './project.ts';
import { startWithoutImage } from './start-without-image.ts';

export interface StartSources {
  readonly dockerfile: DockerfileFacts | undefined;
  readonly isImageBuilt: boolean;
  readonly compose: ComposeFacts;
  /** The web process of a Procfile. */
  readonly ofProcfile: Answer<string> | undefined;
  /** What the language found. */
  readonly own: Answer<string> | undefined;
  /** Files are served. */
  readonly isStatic: boolean;
  /** The language found several. */
  readonly isAsked: boolean;
}

export interface Start {
  readonly startCommand?: Answer<string>;
  /** It is that of the Dockerfile. */
  readonly isOfDockerfile: boolean;
  /** Where the image that this one is made from starts a server by itself. */
  readonly serverPort?: Answer<number>;
  /** Nothing of the language is needed to say what is started. */
  readonly isNamed: boolean;
}

/** What starts an application: the Dockerfile, the Procfile, the compose file, or what its language says, in this order. */
export function chooseStart(project: Project, sources: StartSources): Start {
  const { dockerfile, isImageBuilt, compose, ofProcfile, own, isStatic, isAsked } = sources;
  const ofDockerfile =
    isImageBuilt || dockerfile === undefined
      ? dockerfile?.startCommand
      : startWithoutImage(project, dockerfile, { own: ofProcfile ?? own, isStatic, isAsked });
  const isSilent = dockerfile !== undefined && dockerfile.startCommand === undefined;
  const ofCompose = isSilent && compose.command !== undefined && isProgram(compose.command.value) ? compose.command : undefined;
  const named = ofDockerfile ?? ofProcfile ?? ofCompose;
  const serverPort = isImageBuilt && named === undefined ? dockerfile?.serverPort : undefined;
  const startCommand = named ?? (isImageBuilt && isSilent ? doubtStart(project, dockerfile, own) : own);
  return {
    ...(startCommand && { startCommand }),
    ...(serverPort && { serverPort }),
    isOfDockerfile: ofDockerfile !== undefined,
    isNamed: named !== undefined || serverPort !== undefined,
  };
}

/** The image of a Dockerfile that starts nothing starts what the one does that it is made from, which is not in the repository. */
function doubtStart(
  project: Project,
  { path, serverPort }: DockerfileFacts,
  startCommand: Answer<string> | undefined,
): Answer<string> | undefined {
  if (startCommand === undefined || serverPort !== undefined) return undefined;
  project.note(path.value, 'It starts nothing itself. The start command is that of a build without it.');
  return { ...startCommand, confidence: 'low' };
}
