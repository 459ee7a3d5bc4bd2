import type { DeploymentConfig } from '@deployguard/contracts';
import type { Analysis, BackgroundProcess } from '@deployguard/delivery';

/** What users are led to, what is run before, and what people of Ruby call by hand and not run. */
const notInBackground: ReadonlySet<string> = new Set(['web', 'release', 'console', 'rake']);
const maxNameCharacters = 16;

export interface FoundProcesses {
  readonly background: readonly BackgroundProcess[];
  /** What a person should know about those that do not run. */
  readonly remarks: readonly string[];
}

/** What runs beside the program that users reach: the processes of a Procfile, one of each unless the configuration says otherwise. */
export function listBackground({ processes }: Pick<Analysis, 'processes'>, { application = {} }: DeploymentConfig): FoundProcesses {
  const settings = application.processes ?? {};
  const wanted = new Map<string, { readonly command: string; readonly instances: number }>();
  const remarks: string[] = [];
  for (const { value } of processes) {
    if (notInBackground.has(value.name.toLowerCase())) continue;
    const name = toName(value.name);
    if (wanted.has(name)) remarks.push(`The process ${value.name} does not run: there is another one that is called ${name}.`);
    else wanted.set(name, { command: value.command, instances: 1 });
  }
  for (const [name, { command = wanted.get(name)?.command, instances = 1 }] of Object.entries(settings)) {
    if (command === undefined)
      remarks.push(`The process ${name} does not run: neither a Procfile nor the configuration says by which command.`);
    else wanted.set(name, { command, instances });
  }
  return { background: [...wanted].map(([name, process]) => ({ name, ...process })), remarks };
}

/** As they can be part of other names. */
function toName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-').replace(/^-+/, '').slice(0, maxNameCharacters) || 'process';
}

/** How many run when that was chosen by hand. */
export function scaleBackground(background: readonly BackgroundProcess[], chosen: unknown): BackgroundProcess[] {
  const counts = chosen as Readonly<Record<string, number>>;
  return background.map((process) => (Object.hasOwn(counts, process.name) ? { ...process, instances: counts[process.name]! } : process));
}
