import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface AppsReleaseFlags extends ServerFlags {
  readonly release?: number;
}

export function addAppsSbomCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('sbom')
    .summary('print what a release is made of (CycloneDX)')
    .description(
      'Print the bill of materials of a release, CycloneDX in JSON: the packages of its lock files and of the distribution in its image.',
    )
    .argument('<app>', 'name of the application')
    .option('--release <number>', 'of this release (default: the current one)', parseCount);
  addServerOptions(command).action(async (app: string, flags: AppsReleaseFlags) => {
    const { runAppsSbom } = await import('../../deploy/run-apps-sbom.ts');
    context.exitCode = await runAppsSbom(app, flags, context);
  });
}
