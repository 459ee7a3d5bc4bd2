import type { Severity } from '@deployguard/findings';
import type { Style, Terminal } from './terminal.ts';

const styles: Readonly<Record<Severity, Style>> = { critical: 'magentaBright', high: 'red', medium: 'yellow', low: 'blue', info: 'gray' };

/** Text in the colour of a severity. */
export function paintSeverity(terminal: Terminal, severity: Severity, text: string): string {
  return terminal.paint(styles[severity], text);
}
