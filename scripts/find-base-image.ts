import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What images are built on here: `DEPLOYGUARD_BASE_IMAGE`, or what scripts/base-image makes, once for all test files. */
export async function findBaseImage(): Promise<string> {
  const known = process.env['DEPLOYGUARD_BASE_IMAGE'];
  return known ?? (await promisify(execFile)(join(import.meta.dirname, 'base-image'), ['--once'])).stdout.trim();
}
