import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { FingerprintCounter } from '../fingerprint-counter.ts';
import type { Format, JsonVariant } from '../formats/format.ts';
import type { Consumer, ReportPart } from '../read-report.ts';
import { releaseBytes } from '../reading/json-parcel.ts';
import type { JsonParcel, SpareBytes } from '../reading/json-parcel.ts';
import { isSequence } from '../reading/json-layout.ts';
import type { JsonLayout, JsonNesting } from '../reading/json-layout.ts';
import type { ReportBytes } from '../reading/report-bytes.ts';
import { splitJsonEntries } from '../reading/split-json-entries.ts';
import { listFirsts, tellApart } from '../settle-entries.ts';
import { settleParcel } from '../settle-parcel.ts';
import type { ParcelReading } from '../settle-parcel.ts';
import { ReadingThread } from './reading-thread.ts';
import type { BegunParcel } from './reading-thread.ts';

/** Smaller reports are read before a thread has begun. */
const leastBytes = 16 << 20;

/** What is read ahead of the parcel that is the next to be passed on: the other thread answers twice, each time behind what waits for it. */
const mostAhead = 16;

export interface JointReading<Made> {
  readonly format: Format;
  readonly variant: JsonVariant;
  readonly nesting: JsonNesting | undefined;
  readonly consume: Consumer<Made>['consume'];
  readonly thread: URL;
  readonly fingerprints: FingerprintCounter;
}

/** Whether a second thread would make the reading of a report faster. Tables, which may be larger than what refers to them, are not sent to it. */
export function isWorthHelp({ byteLength }: ReportBytes, layout: JsonLayout): boolean {
  return byteLength >= leastBytes && availableParallelism() > 1 && layout.tables === undefined && !isSequence(layout);
}

/**
 * Reads a report with a second thread. This one takes the entries apart, and reads them as well while the other has enough to do. Only what was made
 * of the findings goes from thread to thread, and their fingerprints: which look alike is told here, in their order.
 */
export async function* readJointly<Made>(source: ReportBytes, reading: JointReading<Made>): AsyncGenerator<ReportPart<Made>> {
  const { format, variant, nesting, consume, fingerprints } = reading;
  const spare: SpareBytes = [];
  const setup = { formatId: format.id, variantIndex: format.variants.indexOf(variant) };
  await using thread = new ReadingThread<Made>(reading.thread, setup, spare);
  const parts: Promise<ReportPart<Made>>[] = [];
  let counted: Promise<unknown> = Promise.resolve();
  const ending: Ending = {};
  for await (const parcel of untilFailure(splitJsonEntries(source, { ...variant.layout, nesting }, spare), ending)) {
    const begun = thread.hasRoom && !parcel.staysHere ? thread.read(parcel) : readHere(parcel, { format, variant }, consume, spare);
    const repeats = counted.then(async () => fingerprints.count(await begun.firsts));
    counted = repeats;
    const part = repeats.then((found) => begun.finish(found));
    // Told to who takes it; whoever gives up takes none.
    part.catch(() => undefined);
    parts.push(part);
    // Answers of the thread come in between.
    await setImmediate();
    while (parts.length > mostAhead) yield await parts.shift()!;
  }
  for (const part of parts) yield await part;
  if (ending.failure !== undefined) throw ending.failure;
}

interface Ending {
  failure?: Error;
}

/** Where a report breaks off, what came before is still to be passed on. */
async function* untilFailure<Item>(items: AsyncIterable<Item>, ending: Ending): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    ending.failure = error as Error;
  }
}

function readHere<Made>(
  parcel: JsonParcel,
  reading: ParcelReading,
  consume: Consumer<Made>['consume'],
  spare: SpareBytes,
): BegunParcel<Made> {
  const settled = settleParcel(parcel, reading);
  releaseBytes(parcel.bytes, spare);
  return {
    firsts: Promise.resolve(listFirsts(settled)),
    finish: (repeats) => {
      tellApart(settled, repeats);
      return Promise.resolve({ made: consume(settled.findings), account: settled.account });
    },
  };
}
