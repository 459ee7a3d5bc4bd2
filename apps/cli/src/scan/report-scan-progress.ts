import type { ScanProgress } from '@deployguard/secrets';
import type { Progress } from '../terminal/progress.ts';

const labels: Readonly<Record<ScanProgress['phase'], string>> = { reading: 'Reading objects', attributing: 'Finding commits and paths' };

/** Shows how far a scan is. */
export function reportScanProgress(progress: Progress): (state: ScanProgress) => void {
  return ({ phase, done, total, bytes }) =>
    progress.update(phase === 'reading' ? { label: labels[phase], done, total, bytes } : { label: labels[phase], done: 0, total: 0 });
}
