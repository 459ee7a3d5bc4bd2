import { createLineSplitter } from '../logs/line-splitter.ts';

/**
 * Of Podman (Buildah), after each step: `--> 1337872b226`, and before it, if it was there already, `--> Using cache ` with the whole id. What a command
 * printed last stands before it, where that had no line end.
 */
const stepImage = /--> (?:Using cache )?([0-9a-f]{11,64})$/;

/** Reads from what an engine prints which images the steps of a build are: by their ids, or the beginnings of these. */
export function watchBuildSteps(): { add(chunk: Uint8Array): void; readonly images: ReadonlySet<string> } {
  const images = new Set<string>();
  const { add } = createLineSplitter({
    clean: (line) => line,
    onLine: (line) => {
      const id = stepImage.exec(line)?.[1];
      if (id !== undefined) images.add(id);
    },
  });
  return { add, images };
}
