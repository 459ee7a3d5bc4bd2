import type { Ambiguity, Assets, Detection } from './analysis.ts';
import type { Project } from './project.ts';

/** Their applications ship what `package.json` builds; beside those in other languages it mostly serves the developers. */
const languagesWithAssets = ['php', 'ruby'];

/** What Node builds for an application in another language. */
export function findAssets(
  project: Project,
  { language: chosen }: Detection,
  detections: readonly Detection[],
): { readonly assets?: Assets; readonly ambiguities?: readonly Ambiguity[] } {
  const node = detections.find(({ language }) => language.value === 'node');
  if (node?.buildCommand === undefined || chosen.value === 'node') return {};
  const { language, version, packageManager, installCommand, buildCommand, ambiguities = [] } = node;
  if (languagesWithAssets.includes(chosen.value))
    return {
      assets: {
        language,
        buildCommand,
        ...(version && { version }),
        ...(packageManager && { packageManager }),
        ...(installCommand && { installCommand }),
      },
      ambiguities: ambiguities.filter(({ field }) => field === 'packageManager'),
    };
  project.note('package.json', `Its own build (${buildCommand.value}) is not part of the build command.`);
  return {};
}
