import type { Answer } from './answer.ts';
import type { Start } from './choose-start.ts';
import { choosePort, isDefaultPort } from './default-port.ts';
import { findCommandPort, findExamplePort } from './find-command-port.ts';
import type { ComposeFacts } from './find-compose.ts';
import type { DockerfileFacts } from './find-dockerfile.ts';
import { findHealthPath } from './find-health-path.ts';
import { findPythonPort } from './find-python-port.ts';
import type { Project } from './project.ts';

export interface AddressSources {
  readonly dockerfile: DockerfileFacts | undefined;
  readonly isImageBuilt: boolean;
  readonly compose: ComposeFacts;
  readonly start: Start;
  readonly envVars: readonly Answer<string>[];
  /** What was found by it. */
  readonly ofLanguage: {
    readonly language: string | undefined;
    readonly port: Answer<number> | undefined;
    readonly healthPath: Answer<string> | undefined;
  };
}

/** Where an application is reached, and asked how it is. */
export function findAddress(
  project: Project,
  { dockerfile, isImageBuilt, compose, start, envVars, ofLanguage }: AddressSources,
): { readonly port: Answer<number> | undefined; readonly healthPath: Answer<string> | undefined } {
  const ofImage = isImageBuilt || dockerfile?.serverPort === undefined ? dockerfile : undefined;
  const ofCode = isDefaultPort(ofLanguage.port) ? (findExamplePort(project, envVars) ?? ofLanguage.port) : ofLanguage.port;
  const imageStart = isImageBuilt ? dockerfile?.startCommand : undefined;
  const ofProgram = imageStart ? choosePort(ofCode, ofLanguage.language, imageStart) : ofCode;
  const ofStart = findPythonPort(project, start.startCommand) ?? findCommandPort(start.startCommand);
  const port = ofImage?.port ?? start.serverPort ?? ofStart ?? ofProgram;
  return { port, healthPath: ofImage?.healthPath ?? probeOf(compose, port) ?? ofLanguage.healthPath ?? findHealthPath(project) };
}

/** What is asked at another port than that of the application is another server's. */
function probeOf({ healthPath, healthPort }: ComposeFacts, port: Answer<number> | undefined): Answer<string> | undefined {
  const isOther = healthPort !== undefined && port?.confidence === 'high' && port.value !== healthPort;
  return isOther ? undefined : healthPath;
}
