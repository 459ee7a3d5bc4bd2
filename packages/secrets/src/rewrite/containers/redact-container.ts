import { defaultUnpackLimits, UnpackBudget } from '../../detect/unpack/unpack-budget.ts';
import type { UnpackLimits } from '../../detect/unpack/unpack-budget.ts';
import type { Redactor } from '../redact.ts';
import { CannotRepackError } from './container.ts';
import type { Container } from './container.ts';
import { isContainer, openContainer } from './open-container.ts';
import { holdsPackedText } from './open-packed-text.ts';

/** As deep as the proof looks. Bytes bound what bombs cost; no format packs tighter than this ratio, which would only keep honest files out. */
const containerLimits: UnpackLimits = { ...defaultUnpackLimits, maxDepth: 5, maxEntries: 20_000, maxRatio: 100_000 };

/** Larger ones are not opened: they, and what is in them, would have to be in memory, some of it twice. */
export const maxContainerBytes = 128 * 1024 * 1024;

const maxListedSeals = 5;

export interface ContentRedaction {
  /** Without any value; `undefined` when it stays as it is. */
  readonly content?: Buffer;
  /** Why a value may still be in it: it then stays as it is. */
  readonly problem?: string;
  /** What else whoever uses the file should know. */
  readonly warning?: string;
}

/**
 * Takes values out of content and, where it is a container, out of what it holds, so that the container stays whole: checksums, sizes and
 * offsets are right, and members without a value keep their packed bytes. Either nothing of the values remains or nothing is changed.
 */
export function redactContent(content: Buffer, redactor: Redactor, limits = containerLimits): ContentRedaction {
  if (!isContainer(content) && !holdsPackedText(content)) return asRedaction(redactor.redact(content));
  const seals: string[] = [];
  try {
    const redacted = redactNested(content, { redactor, budget: createBudget(limits), seals }, 0);
    if (!redacted) return {};
    const left = findInContent(redacted, redactor.contains, limits);
    if (left !== undefined) return { problem: `The value stands in a part that cannot be changed (${left}).` };
    if (seals.length === 0) return { content: redacted };
    const parts = Buffer.from(seals.slice(0, maxListedSeals).join(', '), 'latin1');
    const listed = (redactor.redact(parts) ?? parts).toString('latin1');
    return {
      content: redacted,
      warning: `The file was cleaned, but what vouches for it no longer fits: ${listed}. Sign or build it anew.`,
    };
  } catch (error) {
    if (!(error instanceof CannotRepackError)) throw error;
    return { problem: `The value is packed, and the file cannot be packed anew: ${error.message}.` };
  }
}

/** The same for the text of a commit or tag. What cannot be packed anew stays, for the proof to find. */
export function redactMessage(message: Buffer, redactor: Redactor): Buffer | undefined {
  const packed = holdsPackedText(message) && !isContainer(message) ? redactContent(message, redactor).content : undefined;
  return packed ?? redactor.redact(message);
}

/** Where values stand in a container's members, or in its own bytes: `zip: keys/id_rsa`; `undefined` when it holds none. */
export function findInContent(content: Buffer, contains: Redactor['contains'], limits = containerLimits): string | undefined {
  return contains(content) ? 'content' : findInMembers(content, contains, limits);
}

/** The same, without the container's own bytes. What cannot be unpacked within limits is passed over. */
export function findInMembers(content: Buffer, contains: Redactor['contains'], limits = containerLimits): string | undefined {
  return findNested(content, contains, createBudget(limits), 0);
}

function createBudget(limits: UnpackLimits): UnpackBudget {
  return new UnpackBudget(limits, () => undefined);
}

function findNested(content: Buffer, contains: Redactor['contains'], budget: UnpackBudget, depth: number): string | undefined {
  if (depth >= budget.limits.maxDepth) return undefined;
  const container = openContainer(content, budget);
  for (const { name, content: inner, isPlain } of container?.members() ?? []) {
    if (!inner) continue;
    const found = !isPlain && contains(inner) ? '' : findNested(inner, contains, budget, depth + 1);
    if (found === undefined) continue;
    // The name may hold a value itself.
    const isNamed = name !== '' && !contains(Buffer.from(name, 'latin1'));
    return [container!.format, ...(isNamed ? [name] : []), ...(found === '' ? [] : [found])].join(': ');
  }
  return undefined;
}

interface RedactionContext {
  readonly redactor: Redactor;
  readonly budget: UnpackBudget;
  /** Gathered. */
  readonly seals: string[];
}

function redactNested(content: Buffer, context: RedactionContext, depth: number): Buffer | undefined {
  const { redactor, budget, seals } = context;
  if (depth >= budget.limits.maxDepth && isContainer(content)) {
    if (redactor.contains(content)) throw new CannotRepackError('it is nested too deeply');
    return undefined;
  }
  const container = openContainer(content, budget);
  if (!container) return redactor.redact(content);
  const { contents, unread } = redactMembers(container, context, depth);
  const isPlain = contents.size === 0;
  if (isPlain && container.isTolerant) return redactor.redact(content);
  if (isPlain && !redactor.contains(content)) return undefined;
  if (!container.rebuild) throw new CannotRepackError(`${container.format} files are not written`);
  if (unread !== undefined)
    throw new CannotRepackError(`of a part of the ${container.format} file it is not known what it holds: ${unread}`);
  const rebuilt = container.rebuild({
    contents,
    redactName: (name) => redactor.redact(name, 'file-name'),
    redactText: (text) => redactor.redact(text),
  });
  seals.push(...(container.seals ?? []));
  return rebuilt;
}

function redactMembers(container: Container, context: RedactionContext, depth: number): { contents: Map<number, Buffer>; unread?: string } {
  const contents = new Map<number, Buffer>();
  let unread: string | undefined;
  for (const member of container.members()) {
    unread ??= member.unread;
    const redacted = member.content && redactNested(member.content, context, depth + 1);
    if (redacted) contents.set(member.index, redacted);
  }
  return { contents, ...(unread !== undefined && { unread }) };
}

function asRedaction(content: Buffer | undefined): ContentRedaction {
  return content ? { content } : {};
}
