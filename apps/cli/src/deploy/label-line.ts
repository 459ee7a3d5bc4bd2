import type { Application } from '@deployguard/contracts';

/** What stands before a line, so that it is seen who printed it: nothing where there is only one; `web | `; `web.2 | ` of several instances. */
export function labelLine(processes: Application['processes'], process: string, instance: string): string {
  const number = /-(\d+)$/.exec(instance)?.[1];
  if ((processes[process] ?? 1) > 1 && number !== undefined) return `${process}.${number} | `;
  return Object.keys(processes).length > 1 ? `${process} | ` : '';
}
