import { posix } from 'node:path';
import type { Analysis, Facts } from '../analyze/analysis.ts';
import { DeliveryError } from '../delivery-error.ts';

/** How an application is built and started: what the analysis found, unless the configuration says otherwise. */
export interface BuildPlan {
  /** Folder of the application, from the top of the tree; empty for the top itself. */
  readonly root: string;
  readonly language?: string;
  /** As it is written in the repository, so it may be a range. */
  readonly version?: string;
  readonly packageManager?: string;
  /** Commands are lines for a shell, run in the root; `$PORT` is the port to listen on. */
  readonly installCommand?: string;
  readonly buildCommand?: string;
  readonly startCommand?: string;
  /** Folder, from the root, that the build leaves behind for a server of files. */
  readonly staticOutput?: string;
  readonly port?: number;
  /** The repository's own, from the top of the tree. */
  readonly dockerfile?: string;
  /** What is built in the same root between the installation and the build, in another language. */
  readonly assets?: BuildPlan;
}

export interface BuildOverrides extends Omit<Partial<BuildPlan>, 'assets'> {
  /** `none`: nothing is built for browsers, whatever was found. */
  readonly assetsCommand?: string;
}

type GrowingPlan = { -readonly [Key in keyof BuildPlan]: BuildPlan[Key] };

export function planBuild(analysis: Analysis, { assetsCommand, ...overrides }: BuildOverrides = {}): BuildPlan {
  const found = takeValues(analysis.root.value, analysis);
  const assets = analysis.assets && takeValues(analysis.root.value, analysis.assets);
  if (assetsCommand !== 'none' && (assets !== undefined || assetsCommand !== undefined))
    found.assets = {
      ...(assets ?? { root: analysis.root.value, language: 'node' }),
      ...(assetsCommand !== undefined && { buildCommand: assetsCommand }),
    };
  if (analysis.dockerfile !== undefined) found.dockerfile = posix.join(analysis.root.value, analysis.dockerfile.value);
  if (analysis.port !== undefined) found.port = analysis.port.value;
  // Who names a command to start does not want files to be served instead.
  if (overrides.startCommand !== undefined) delete found.staticOutput;
  if (overrides.staticOutput !== undefined) delete found.startCommand;
  return { ...found, ...overrides };
}

const mostChoices = 20;

/**
 * Refuses what nothing would be started of, with the question that the analysis left open: of several applications none is built by guess.
 *
 * @throws {DeliveryError} `NOTHING_TO_START`
 */
export function assertDecided({ startCommand, staticOutput, dockerfile }: BuildPlan, { ambiguities }: Analysis, isImageBuilt = true): void {
  const open = ambiguities.find(({ field }) => field === 'root') ?? ambiguities.find(({ field }) => field === 'startCommand');
  if (open === undefined || startCommand !== undefined || staticOutput !== undefined || (isImageBuilt && dockerfile !== undefined)) return;
  const choices = open.choices.map(({ value }) => JSON.stringify(value));
  const rest = choices.length > mostChoices ? [`${choices.length - mostChoices} more`] : [];
  throw new DeliveryError('NOTHING_TO_START', `${open.message} Found: ${[...choices.slice(0, mostChoices), ...rest].join(', ')}.`);
}

function takeValues(root: string, facts: Facts): GrowingPlan {
  const found: GrowingPlan = { root };
  const fields = ['language', 'version', 'packageManager', 'installCommand', 'buildCommand', 'startCommand', 'staticOutput'] as const;
  for (const field of fields) {
    const answer = facts[field];
    if (answer !== undefined) found[field] = answer.value;
  }
  return found;
}
