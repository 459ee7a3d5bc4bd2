import { type AuditAnchor, verifyAudit } from '@deployguard/server';
import { readFile, writeFile } from 'node:fs/promises';
import type { AuditVerifyFlags } from '../commands/audit/verify.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { assertUpgraded } from '../db/assert-upgraded.ts';
import { withDatabaseTools } from '../db/open-tools.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

type Anchors = Readonly<Record<string, AuditAnchor>>;

export async function runAuditVerify(flags: AuditVerifyFlags, context: CliContext): Promise<ExitCode> {
  if (flags.tenant !== undefined && !isTenantId(flags.tenant)) {
    throw new CliError('USAGE', `"${flags.tenant}" is no id of a tenant: it looks like 0193aa00-0000-7000-8000-000000000001.`);
  }
  const anchors = flags.anchors === undefined ? {} : parseAnchors(await readFile(flags.anchors, 'utf8'), flags.anchors);
  return withDatabaseTools(flags, context, async ({ database, history }) => {
    await assertUpgraded({ history });
    const known = await database.asSystem((tx) => tx.selectFrom('tenants').select('id').orderBy('id').execute());
    // A tenant that is gone, with its chain, is no less a fault.
    const all = [...new Set([...known.map(({ id }) => id), ...Object.keys(anchors)])];
    const tenants = flags.tenant === undefined ? all : all.filter((id) => id === flags.tenant!.toLowerCase());
    if (flags.tenant !== undefined && tenants.length === 0) throw new CliError('USAGE', `There is no tenant ${flags.tenant}.`);
    const heads: Record<string, AuditAnchor> = {};
    let entries = 0;
    let broken = 0;
    for (const tenant of tenants) {
      const verdict = await verifyAudit(database, tenant, anchors[tenant]);
      heads[tenant] = verdict.head;
      entries += verdict.entries;
      if (!verdict.fault) continue;
      broken++;
      await context.stdout.write(`broken: tenant ${tenant}, entry ${verdict.fault.seq} ${verdict.fault.reason}\n`);
    }
    if (broken > 0) return exitCodes.refused;
    if (flags.writeAnchors !== undefined) await writeFile(flags.writeAnchors, `${JSON.stringify(heads, undefined, 2)}\n`, { flag: 'wx' });
    if (!flags.quiet) await context.stdout.write(`${entries} entries of ${tenants.length} tenants are as they were written.\n`);
    return exitCodes.clean;
  });
}

function parseAnchors(text: string, file: string): Anchors {
  try {
    const anchors = JSON.parse(text) as Record<string, Partial<AuditAnchor>>;
    const isAnchor = ([id, { seq, hash }]: [string, Partial<AuditAnchor>]): boolean =>
      isTenantId(id) && Number.isInteger(seq) && /^[0-9a-f]{64}$/.test(hash ?? '');
    if (!Array.isArray(anchors) && Object.entries(anchors).every(isAnchor)) return anchors as Anchors;
  } catch {
    // Told below.
  }
  throw new CliError('USAGE', `${file} holds no anchors: they are written by \`deployguard audit verify --write-anchors FILE\`.`);
}

function isTenantId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
