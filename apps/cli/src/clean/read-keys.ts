import { emitKeypressEvents } from 'node:readline';
import type { Readable } from 'node:stream';

/** A terminal's keyboard. */
export type Keyboard = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };

/**
 * The keys pressed, one by one: the character, or the name of a special key (`return`, `escape`, `left`). Ends with Ctrl-D and with the
 * stream; Ctrl-C and the signal are given as `interrupt`. The keyboard is set back when the loop is left.
 */
export async function* readKeys(keyboard: Keyboard, signal: AbortSignal): AsyncGenerator<string, void> {
  const waiting: (string | undefined)[] = [];
  let wake = (): void => {};
  const push = (key: string | undefined): void => {
    waiting.push(key);
    wake();
  };
  const onKeypress = (_text: string | undefined, { name, ctrl, sequence }: { name?: string; ctrl: boolean; sequence: string }): void =>
    push(ctrl && name === 'c' ? 'interrupt' : ctrl && name === 'd' ? undefined : (name ?? sequence));
  const onEnd = (): void => push(undefined);
  const onAbort = (): void => push('interrupt');

  emitKeypressEvents(keyboard);
  keyboard.setRawMode?.(true);
  keyboard.on('keypress', onKeypress);
  keyboard.on('end', onEnd);
  keyboard.resume();
  signal.addEventListener('abort', onAbort);
  // Ctrl-C before the terminal handed keys over comes as a signal.
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const key = waiting.shift();
      if (key === undefined) return;
      yield key;
    }
  } finally {
    keyboard.off('keypress', onKeypress);
    keyboard.off('end', onEnd);
    signal.removeEventListener('abort', onAbort);
    keyboard.setRawMode?.(false);
    keyboard.pause();
  }
}
