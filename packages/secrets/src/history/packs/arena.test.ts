import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arena } from './arena.ts';
import { createRandom } from './build-test-bytes.ts';

test('pieces never overlap, keep their slack, and are refused only when there is no room', () => {
  const random = createRandom(1);
  const [start, end, slack] = [640, 100_032, 320];
  const arena = new Arena(start, end, slack);
  const inUse = new Map<number, number>();
  let refused = 0;
  for (let step = 0; step < 5000; step++) {
    if (random() < 0.5 && inUse.size > 0) {
      const address = [...inUse.keys()][Math.floor(random() * inUse.size)]!;
      arena.free(address);
      inUse.delete(address);
      continue;
    }
    const size = Math.floor(random() ** 3 * 40_000);
    const gap = largestGap(inUse, start, end);

    const address = arena.allocate(size);

    if (address === 0) {
      refused++;
      assert.ok(gap < size + slack + 64, `${gap} bytes were free for ${size}`);
      continue;
    }
    assert.ok(address >= start && address + size + slack <= end);
    for (const [other, otherEnd] of inUse) assert.ok(address + size + slack <= other || otherEnd <= address);
    inUse.set(address, address + size + slack);
  }
  assert.ok(refused > 50);
});

function largestGap(inUse: ReadonlyMap<number, number>, start: number, end: number): number {
  let largest = 0;
  let free = start;
  for (const [from, to] of [...inUse, [end, end] as const].sort(([a], [b]) => a - b)) {
    largest = Math.max(largest, from - free);
    // Pieces begin at multiples of 64.
    free = (to + 63) & ~63;
  }
  return largest;
}
