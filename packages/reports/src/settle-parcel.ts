import type { Format, JsonVariant } from './formats/format.ts';
import type { JsonEntry } from './reading/json-entry.ts';
import { readParcel } from './reading/json-parcel.ts';
import type { JsonParcel } from './reading/json-parcel.ts';
import { readEntry, settleEntries } from './settle-entries.ts';
import type { EntryReadings, Settled } from './settle-entries.ts';

/** How the entries of parcels are read. */
export interface ParcelReading {
  readonly format: Format;
  readonly variant: JsonVariant;
}

/** Makes findings of the entries of a parcel. */
export function settleParcel(parcel: JsonParcel, { format, variant }: ParcelReading): Settled {
  return settleEntries(readParcel(parcel), format, (entry) => readJsonEntry(entry, variant));
}

export function readJsonEntry(entry: JsonEntry, variant: JsonVariant): EntryReadings {
  return entry.problem ? { problem: entry.problem } : readEntry(entry, variant);
}
