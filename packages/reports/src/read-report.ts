import type { ReportedFinding } from '@deployguard/findings';
import { FingerprintCounter } from './fingerprint-counter.ts';
import { readFrom } from './reading/find-later-starts.ts';
import { putBack } from './reading/put-back.ts';
import { readCsvEntries } from './reading/read-csv-entries.ts';
import { readJsonEntries } from './reading/read-json-entries.ts';
import { readTextEntries } from './reading/read-text-entries.ts';
import { readXmlEntries } from './reading/read-xml-entries.ts';
import type { ReportBytes } from './reading/report-bytes.ts';
import { ReportError } from './reading/report-error.ts';
import type { Recognition } from './recognize.ts';
import { addToAccount, countReason } from './report-account.ts';
import type { ReportAccount } from './report-account.ts';
import { listFirsts, readEntry, settleEntries, tellApart } from './settle-entries.ts';
import type { Settled } from './settle-entries.ts';
import { readJsonEntry } from './settle-parcel.ts';
import { isWorthHelp, readJointly } from './threads/read-jointly.ts';

/** Who takes the findings, some hundred at a time. */
export interface Consumer<Made> {
  /** What it makes of them; that goes from thread to thread and should be small. */
  consume(findings: readonly ReportedFinding[]): Made;
  /** A module that calls `helpReading` with the same function: a second thread for large reports. */
  readonly thread?: URL;
}

/** What was made of a part of a report. */
export interface ReportPart<Made> {
  readonly made: Made;
  readonly account: ReportAccount;
}

/** What was recognised. */
export type Recognized = Omit<Extract<Recognition, { outcome: 'recognized' }>, 'outcome'>;

/** Reads a report as what it was recognised as, in batches. `account` is kept up to date and complete when the last batch has come. */
export function readReport(
  source: ReportBytes,
  recognition: Recognized,
  account: ReportAccount,
): AsyncGenerator<readonly ReportedFinding[]> {
  return consumeReport(source, recognition, account, { consume: (findings) => findings });
}

/** The same, with what the consumer makes of each batch in place of the findings. */
export async function* consumeReport<Made>(
  source: ReportBytes,
  recognition: Recognized,
  account: ReportAccount,
  consumer: Consumer<Made>,
): AsyncGenerator<Made> {
  yield* readFile(source, recognition, { account, consumer, fingerprints: new FingerprintCounter() });
}

interface ReadingContext<Made> {
  readonly account: ReportAccount;
  readonly consumer: Consumer<Made>;
  readonly fingerprints: FingerprintCounter;
}

async function* readFile<Made>(source: ReportBytes, recognized: Recognized, context: ReadingContext<Made>): AsyncGenerator<Made> {
  const { account } = context;
  if (source.members) {
    for (const [index, file] of source.members.entries()) {
      const member = recognized.members?.[index];
      if (member?.outcome === 'recognized') yield* readFile(file, member, context);
      else {
        account.entries++;
        countReason(account.skipped, 'other file of the archive');
      }
    }
    return;
  }
  try {
    const { start = 0, list } = recognized;
    const there = start > 0 ? readFrom(source, start) : source;
    for await (const part of readParts(list === undefined ? there : await putBack(there, list), recognized, context)) {
      addToAccount(account, part.account);
      yield part.made;
    }
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
    account.damage = error.message;
  }
}

async function* readParts<Made>(
  source: ReportBytes,
  recognized: Recognized,
  { consumer, fingerprints }: ReadingContext<Made>,
): AsyncGenerator<ReportPart<Made>> {
  const { format, variant, nesting } = recognized;
  const { consume, thread } = consumer;
  if (thread !== undefined && variant.form === 'json' && isWorthHelp(source, { ...variant.layout, nesting })) {
    yield* readJointly(source, { format, variant, nesting, consume, thread, fingerprints });
    return;
  }
  for await (const settled of settleAll(source, recognized)) {
    tellApart(settled, fingerprints.count(listFirsts(settled)));
    yield { made: consume(settled.findings), account: settled.account };
  }
}

async function* settleAll(source: ReportBytes, { format, variant, nesting }: Recognized): AsyncGenerator<Settled> {
  switch (variant.form) {
    case 'json':
      for await (const batch of readJsonEntries(source, { ...variant.layout, nesting }))
        yield settleEntries(batch, format, (entry) => readJsonEntry(entry, variant));
      return;
    case 'xml':
      for await (const batch of readXmlEntries(source, variant.layout))
        yield settleEntries(batch, format, (entry) => readEntry(entry, variant));
      return;
    case 'csv':
      for await (const batch of readCsvEntries(source, variant.layout))
        yield settleEntries(batch, format, (entry) => readEntry(entry, variant));
      return;
    case 'text':
      for await (const batch of readTextEntries(source, variant.layout))
        yield settleEntries(batch, format, (entry) => readEntry(entry, variant));
  }
}
