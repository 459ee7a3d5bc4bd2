import { parentPort, workerData } from 'node:worker_threads';
import type { JsonVariant } from '../formats/format.ts';
import { findFormat } from '../formats/registry.ts';
import type { Consumer } from '../read-report.ts';
import { listFirsts, tellApart } from '../settle-entries.ts';
import type { Settled } from '../settle-entries.ts';
import { settleParcel } from '../settle-parcel.ts';
import { KnownParents } from './known-parents.ts';
import type { FromThread, ThreadSetup, ToThread } from './messages.ts';

/** Makes this thread one that helps to read: it takes parcels of entries until it is ended. */
export function helpReading<Made>(consume: Consumer<Made>['consume']): void {
  const { formatId, variantIndex } = workerData as ThreadSetup;
  const format = findFormat(formatId)!;
  const variant = format.variants[variantIndex] as JsonVariant;
  /** In the order in which they came: what is held until it is known what came before it. */
  const held: Settled[] = [];
  const places = new KnownParents();
  parentPort!.on('message', (message: ToThread) => {
    if ('parcel' in message) {
      const settled = settleParcel({ ...message.parcel, lists: places.restore(message.parcel.lists) }, { format, variant });
      held.push(settled);
      const { bytes } = message.parcel;
      const firsts = listFirsts(settled);
      tell({ firsts, bytes }, [firsts.buffer, bytes.buffer]);
    } else {
      const settled = held.shift()!;
      tellApart(settled, message.repeats);
      tell({ part: { made: consume(settled.findings), account: settled.account } });
    }
  });
  tell('ready');

  function tell(message: FromThread<Made>, transferred: ArrayBuffer[] = []): void {
    parentPort!.postMessage(message, transferred);
  }
}
