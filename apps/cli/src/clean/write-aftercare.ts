import { buildAftercare, type Proof, renderAftercare, type RewriteResult, writeCommitMapParts } from '@deployguard/secrets';
import { findOriginUrl } from '../source/find-origin-url.ts';
import { writeOutput } from '../terminal/write-output.ts';
import type { CleanJob } from './run-clean.ts';

export interface WrittenAftercare {
  /** Markdown. */
  readonly aftercare: string;
  readonly pushUrl?: string;
}

/** What is left to do at the host and in other clones; also written beside the result. */
export async function writeAftercare(
  { source, output, selection, context }: CleanJob,
  rewrite: RewriteResult,
  proof: Proof,
): Promise<WrittenAftercare> {
  const url = source.url ?? (source.path === undefined ? undefined : await findOriginUrl(source.path));
  const aftercare = buildAftercare({
    ...(url !== undefined && { url }),
    proof,
    refs: rewrite.refs,
    findings: selection.groups.flatMap(({ findings }) => findings),
    commitMapParts: await writeCommitMapParts(output.layout.maps),
  });
  const text = renderAftercare(aftercare);
  await writeOutput([text], context.stdout, output.layout.aftercare);
  return { aftercare: text, ...(url !== undefined && { pushUrl: url }) };
}
