import type { FingerprintKeys, Repeat } from '../fingerprint-counter.ts';
import type { ReportPart } from '../read-report.ts';
import type { JsonParcel } from '../reading/json-parcel.ts';

/** What a thread that helps is told when it begins: how the entries are to be read. */
export interface ThreadSetup {
  readonly formatId: string;
  /** Of the format's variants. */
  readonly variantIndex: number;
}

/** To the thread: read these entries, or: of the findings longest held these look like others. */
export type ToThread = { readonly parcel: JsonParcel } | { readonly repeats: readonly Repeat[] };

/** From the thread: it has begun; the keys of the first fingerprints of what it has read, with the memory of the parcel; what it has made of the findings. */
export type FromThread<Made> =
  | 'ready'
  | { readonly firsts: FingerprintKeys; readonly bytes: JsonParcel['bytes'] }
  | { readonly part: ReportPart<Made> };
