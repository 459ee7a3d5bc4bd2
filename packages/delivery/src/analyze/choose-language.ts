import type { Ambiguity, Detection, ProcessType } from './analysis.ts';
import type { Answer } from './answer.ts';
import { findStartedLanguage } from './started-language.ts';

/** What the authors say about how it is started. */
export interface NamedStart {
  /** The process of the Procfile. */
  readonly web: Answer<ProcessType> | undefined;
  /** What the Dockerfile starts. */
  readonly imageCommand: Answer<string> | undefined;
  /** The language of the image that the Dockerfile is made from. */
  readonly imageLanguage: Answer<string> | undefined;
}

/**
 * Which of the languages of a project is the application's. What the web process of its Procfile starts decides, then what its Dockerfile
 * starts and is made from; a server counts before files that a server of files would do for, and those before what only has a manifest. Where
 * that leaves several, the user decides.
 */
export function chooseLanguage(
  detections: readonly Detection[],
  { web, imageCommand, imageLanguage }: NamedStart,
): { detection?: Detection; ambiguity?: Ambiguity } {
  const ofLanguage = (name: string | undefined): Detection[] =>
    detections.filter(({ language }) => (language.value === 'kotlin' ? 'java' : language.value) === name);
  const programs = detections.filter(({ language }) => language.value !== 'static');
  if (programs.length === 0 && web === undefined && imageLanguage !== undefined) return { detection: { language: imageLanguage } };
  const ofProcess = web && findStartedLanguage(web.value.command);
  if (detections.length === 0 && web !== undefined && ofProcess !== undefined)
    return { detection: { language: { ...web, value: ofProcess, rule: 'procfile-program', confidence: 'medium' } } };
  const ranks = [
    ofLanguage(ofProcess),
    ofLanguage(imageCommand && findStartedLanguage(imageCommand.value)),
    ofLanguage(imageLanguage?.value),
    detections.filter(
      ({ startCommand, ambiguities = [] }) =>
        (startCommand && startCommand.confidence !== 'low') || ambiguities.some(({ field }) => field === 'startCommand'),
    ),
    detections.filter(({ startCommand }) => startCommand),
    // A page beside a build is what the build begins with, or what it leaves behind.
    detections.filter(({ staticOutput, language }) => staticOutput && language.value !== 'static'),
    detections.filter(({ staticOutput }) => staticOutput),
    detections.filter(({ isOnlyTools }) => isOnlyTools !== true),
    detections,
  ];
  const best = ranks.find((rank) => rank.length > 0);
  if (best === undefined) return {};
  if (best.length === 1) return { detection: best[0]! };
  const isNamed = web !== undefined || imageCommand !== undefined;
  const advice = isNamed ? 'What starts it names a program of none of them.' : 'A Procfile or a Dockerfile would say which.';
  return {
    ambiguity: {
      field: 'language',
      message: `There are ${best.length} languages that could be the application's. ${advice}`,
      choices: best.map(({ language }) => language),
    },
  };
}
