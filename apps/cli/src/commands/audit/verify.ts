import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServiceOptions, type ServiceFlags } from '../add-options.ts';

export interface AuditVerifyFlags extends ServiceFlags {
  readonly tenant?: string;
  readonly anchors?: string;
  readonly writeAnchors?: string;
}

export function addAuditVerifyCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('verify')
    .summary('recompute the chains of the audit log')
    .description(
      "Recompute each tenant's chain from its start: an entry that was changed, removed, added or moved is found. Against somebody who rewrites whole chains, keep their ends elsewhere and compare. Exits with 5 when a chain is broken.",
    )
    .option('--tenant <id>', 'only this tenant')
    .option('--write-anchors <file>', "write the chains' ends, to be kept outside of the database")
    .option('--anchors <file>', 'compare with ends that were written before');
  addServiceOptions(command);
  addExamples(command, [['deployguard audit verify --anchors last.json --write-anchors next.json', 'for each day']]);
  command.action(async (flags: AuditVerifyFlags) => {
    const { runAuditVerify } = await import('../../audit/run-audit-verify.ts');
    context.exitCode = await runAuditVerify(flags, context);
  });
}
