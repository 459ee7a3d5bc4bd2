import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount } from '../add-options.ts';
import type { AppsReleaseFlags } from './sbom.ts';

export interface AppsVerifyFlags extends AppsReleaseFlags {
  readonly key?: string;
}

export function addAppsVerifyCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('verify')
    .summary('check the signatures of a release, and show what a scanner found')
    .description(
      'Check that a release is what was built: the signature of its image and that of its bill of materials; and show what a scanner for vulnerabilities said of it.',
    )
    .argument('<app>', 'name of the application')
    .option('--release <number>', 'this release (default: the current one)', parseCount)
    .option('--key <file>', 'public key that must have signed, PEM (default: the one that the service names)');
  addServerOptions(command).action(async (app: string, flags: AppsVerifyFlags) => {
    const { runAppsVerify } = await import('../../deploy/run-apps-verify.ts');
    context.exitCode = await runAppsVerify(app, flags, context);
  });
}
