import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance, LogLine, LogOptions, Target } from '@deployguard/delivery';
import type { StreamedEvent } from '../../platform/http/index.ts';

export interface FollowOptions {
  /** Only what instances of this release print, and printed before they ended. Default: all that runs. */
  readonly release?: string | undefined;
  /** How many lines that were printed before are wanted. */
  readonly last: number;
  /** Whether to go on with what comes, also of instances that are started later. */
  readonly isFollowed: boolean;
  /** The last one that the reader has; 0 for none: then the last lines come first. */
  readonly afterSequence: number;
  /** Whether the name still is the application's: another one may get it when it is gone, and then all that it runs is that one's. */
  readonly isThere: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

interface PrintedLine extends LogLine {
  readonly instance: string;
  readonly process: string;
}

/** Lines of one millisecond have numbers of their own: whoever comes back with the number of a line goes on behind it. */
const linesPerMillisecond = 4096;
/** Of one millisecond, which are told apart by their count. */
const spareLines = 1000;
/** So many lines of each instance are shown to whoever comes back, the last ones: all of them are in memory before the first is sent. */
const maxMissed = 10_000;
const lookMs = 1000;
/** So often it is asked whether the application is there, when it starts nothing. */
const looksUntilAsked = 10;
const maxWaiting = 1000;
/** Of a release that was started again and again, as many are read. */
const maxInstances = 20;

/** What the instances of an application print, as events; those that are kept in the order of time. Ends with the signal, with what is kept, or with the application. */
export async function* followLogs(target: Target, application: string, options: FollowOptions): AsyncGenerator<StreamedEvent> {
  const { last, isFollowed, afterSequence, isThere, signal } = options;
  const number = createNumbering();
  const list = (): Promise<readonly Instance[]> => listPrinting(target, application, options);
  const instances = await list();
  if (!(await isThere())) return;
  const wanted: LogOptions =
    afterSequence === 0
      ? { last: last + spareLines }
      : { last: maxMissed, since: justBefore(Math.floor(afterSequence / linesPerMillisecond)) };
  const kept: PrintedLine[][] = [];
  for (const instance of instances) kept.push(await collect(target, instance, wanted));
  const lines = kept.flat().sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  for (const line of afterSequence === 0 ? lines.slice(Math.max(0, lines.length - last)) : lines) {
    const event = toEvent(line, number(line));
    if (event.sequence > afterSequence) yield event;
  }
  if (!isFollowed) return;
  const seen = new Map(instances.map(({ id }, index) => [id, findPlace(kept[index]!, wanted.since)]));
  for await (const line of followAll(target, list, seen, { isThere, signal })) yield toEvent(line, number(line));
}

/** The newest ones, the newest last. */
async function listPrinting(target: Target, application: string, { release }: FollowOptions): Promise<readonly Instance[]> {
  if (release === undefined) return target.list(application);
  const instances = (await target.list(application, { withEnded: true })).filter((instance) => instance.release === release);
  return instances.toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1)).slice(-maxInstances);
}

async function collect(target: Target, instance: Instance, options: LogOptions): Promise<PrintedLine[]> {
  const lines: PrintedLine[] = [];
  for await (const line of target.logs(instance, options)) lines.push({ ...line, ...describeInstance(instance) });
  return lines;
}

/** Where to go on in the log of an instance: behind so many lines after a time. */
interface Place {
  readonly since: string | undefined;
  readonly skipped: number;
}

function findPlace(seen: readonly PrintedLine[], since: string | undefined): Place {
  const last = seen.at(-1);
  // Of the last millisecond there may be more.
  if (last !== undefined) return { since: justBefore(Date.parse(last.at)), skipped: seen.filter(({ at }) => at === last.at).length };
  return { since, skipped: 0 };
}

/** What comes after the lines that were seen, of all that runs and will run. */
async function* followAll(
  target: Target,
  list: () => Promise<readonly Instance[]>,
  seen: ReadonlyMap<string, Place>,
  { isThere, signal }: Pick<FollowOptions, 'isThere' | 'signal'>,
): AsyncGenerator<PrintedLine> {
  const lines = new PassThrough({ objectMode: true, highWaterMark: maxWaiting });
  const ending = new AbortController();
  const end = AbortSignal.any([signal, ending.signal]);
  end.addEventListener('abort', () => lines.end(), { once: true });
  if (end.aborted) return;
  const followed = new Set<string>();
  const watch = async (): Promise<void> => {
    for (let look = 1; !end.aborted; look++) {
      const unseen = (await list()).filter(({ id }) => !followed.has(id));
      // Asked after they were listed: as long as it is there, they are its own.
      if ((unseen.length > 0 || look % looksUntilAsked === 0) && !(await isThere())) return ending.abort();
      for (const instance of unseen) {
        followed.add(instance.id);
        void follow(instance).catch((error: unknown) => lines.destroy(error as Error));
      }
      await delay(lookMs, undefined, { signal: end }).catch(() => {});
    }
  };
  const follow = async (instance: Instance): Promise<void> => {
    const { since, skipped } = seen.get(instance.id) ?? { since: undefined, skipped: 0 };
    let toSkip = skipped;
    const options = { ...(since !== undefined && { since }), follow: true, signal: end };
    for await (const line of target.logs(instance, options)) {
      if (toSkip-- > 0) continue;
      if (!end.aborted && !lines.write({ ...line, ...describeInstance(instance) }))
        await once(lines, 'drain', { signal: end }).catch(() => {});
    }
  };
  void watch().catch((error: unknown) => lines.destroy(error as Error));
  try {
    yield* lines as AsyncIterable<PrintedLine>;
  } finally {
    ending.abort();
  }
}

function justBefore(milliseconds: number): string {
  return new Date(milliseconds - 1).toISOString();
}

function createNumbering(): (line: LogLine) => number {
  let last = 0;
  return ({ at }) => (last = Math.max(last + 1, Date.parse(at) * linesPerMillisecond));
}

function describeInstance({ id, process = 'web' }: Instance): Pick<PrintedLine, 'instance' | 'process'> {
  return { instance: id, process };
}

function toEvent({ at, stream, text, instance, process }: PrintedLine, sequence: number): StreamedEvent {
  return { sequence, kind: 'log', data: { instance, process, stream, line: text }, createdAt: new Date(at) };
}
