import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, 'walk');

for (const [mode, what] of [
  ['embedded', 'in one process'],
  ['amqp', 'as API, worker and scheduler over PostgreSQL, RabbitMQ and S3'],
  ['redis', 'as API, worker and scheduler over PostgreSQL, Redis and S3'],
] as const) {
  test(`${what}: repositories are scanned, cleaned, proven, downloaded and pushed by calls of the API alone`, async () => {
    const { stdout } = await promisify(execFile)(script, [mode, '--quiet'], { timeout: 840_000 });

    assert.match(stdout, new RegExp(`^Proven \\(${mode}\\): `, 'm'));
  });
}
