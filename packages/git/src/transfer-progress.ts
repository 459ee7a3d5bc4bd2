import { stripControl } from './strip-control.ts';

/** How far a transfer is. */
export interface TransferProgress {
  /** What the server counts and compresses, what comes in, and what is made of it. */
  readonly phase: 'counting' | 'compressing' | 'receiving' | 'resolving' | 'writing';
  readonly done: number;
  readonly total: number;
}

const phases: Readonly<Record<string, TransferProgress['phase']>> = {
  'Counting objects': 'counting',
  'Compressing objects': 'compressing',
  'Receiving objects': 'receiving',
  'Resolving deltas': 'resolving',
  'Writing objects': 'writing',
};

const maxLineLength = 1000;

/** Takes git's standard error as it comes, and calls back for each progress line in it. */
export function createProgressParser(onProgress: (progress: TransferProgress) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    // Progress lines end in carriage returns.
    const lines = (rest + chunk.toString('latin1')).split(/[\r\n]/);
    rest = lines.pop()!.slice(0, maxLineLength);
    for (const line of lines) {
      const progress = parseProgress(line);
      if (progress) onProgress(progress);
    }
  };
}

/** Reads a line such as `remote: Counting objects:  45% (9/20)`; `undefined` for any other. */
export function parseProgress(line: string): TransferProgress | undefined {
  const parts = /^(?:remote: )?([A-Z][a-z]+ [a-z]+):\s+\d{1,3}% \((\d{1,15})\/(\d{1,15})\)/.exec(stripControl(line));
  const phase = parts && phases[parts[1]!];
  return phase ? { phase, done: Number(parts[2]), total: Number(parts[3]) } : undefined;
}
