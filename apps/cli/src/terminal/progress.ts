import { cutText } from './fit-text.ts';
import { formatBytes, formatCount } from './format-quantity.ts';
import type { Terminal } from './terminal.ts';

/** Where long work stands. */
interface ProgressState {
  /** What is being done, as a person would say it: `Reading objects`. */
  readonly label: string;
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  readonly bytes?: number;
}

/** Tells a waiting person how far the work is: one line that changes on a terminal, a plain line now and then in a pipe. */
export interface Progress {
  update(state: ProgressState): void;
  /** Makes room for other output; the next update shows the line again. */
  clear(): void;
  /** Removes the line. Nothing is shown afterwards. */
  stop(): void;
}

export interface ProgressOptions {
  readonly isQuiet?: boolean;
  /** Monotonic. */
  readonly nowMilliseconds?: () => number;
}

const redrawMilliseconds = 80;
const plainLineMilliseconds = 5000;
const barColumns = 24;
const clearLine = '\r\u001B[2K';

export function createProgress(terminal: Terminal, options: ProgressOptions = {}): Progress {
  if (options.isQuiet) return { update: () => {}, clear: () => {}, stop: () => {} };
  const now = options.nowMilliseconds ?? (() => performance.now());
  const period = terminal.isInteractive ? redrawMilliseconds : plainLineMilliseconds;
  let phase: { readonly label: string; readonly startedAt: number; readonly startDone: number; readonly startBytes: number } | undefined;
  let shownAt = -Infinity;
  let isLineShown = false;
  let isStopped = false;

  return {
    update(state) {
      if (isStopped) return;
      const at = now();
      if (phase?.label !== state.label) {
        phase = { label: state.label, startedAt: at, startDone: state.done, startBytes: state.bytes ?? 0 };
        shownAt = -Infinity;
      }
      if (at - shownAt < period) return;
      shownAt = at;
      const line = describe(state, (at - phase.startedAt) / 1000, state.done - phase.startDone, (state.bytes ?? 0) - phase.startBytes);
      show(line);
    },
    clear,
    stop() {
      clear();
      isStopped = true;
    },
  };

  function show(line: string): void {
    if (!terminal.isInteractive) {
      void terminal.write(`${line}\n`);
      return;
    }
    isLineShown = true;
    void terminal.write(clearLine + cutText(line, terminal.columns - 1, terminal.symbols.ellipsis));
  }

  function clear(): void {
    if (isLineShown) void terminal.write(clearLine);
    isLineShown = false;
  }

  function describe(state: ProgressState, seconds: number, doneInPhase: number, bytesInPhase: number): string {
    const parts = [state.label];
    const share = state.total > 0 ? Math.min(state.done / state.total, 1) : undefined;
    if (share !== undefined && terminal.isInteractive) parts.push(drawBar(share, terminal));
    if (share !== undefined) parts.push(`${Math.floor(share * 100)} %`);
    if (state.done > 0)
      parts.push(share === undefined ? formatCount(state.done) : `${formatCount(state.done)}/${formatCount(state.total)}`);
    // The first moments say nothing about the rate.
    if (seconds > 0.3 && bytesInPhase > 0) parts.push(`${formatBytes(bytesInPhase / seconds)}/s`);
    if (seconds > 1 && share !== undefined && share < 1 && doneInPhase > 0) {
      parts.push(`${formatClock(((state.total - state.done) * seconds) / doneInPhase)} left`);
    }
    return parts.join('  ');
  }
}

function drawBar(share: number, { symbols }: Terminal): string {
  const full = Math.floor(share * barColumns);
  return symbols.barFull.repeat(full) + symbols.barEmpty.repeat(barColumns - full);
}

/** `0:05`, `12:34`, `1:02:03`. */
function formatClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
