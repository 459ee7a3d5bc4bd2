// The thread that works on one lane; started by search-objects.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { searchLane } from './search-lane.ts';
import type { LaneInput } from './search-lane.ts';

/* oxlint-disable unicorn/require-post-message-target-origin -- the port of a thread, not a browser's window */
const result = await searchLane(workerData as LaneInput, (objects, bytes) => parentPort!.postMessage({ objects, bytes }));
parentPort!.postMessage({ result });
