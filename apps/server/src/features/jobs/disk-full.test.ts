import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { startJobsService } from '../../../test/start-jobs-service.ts';
import type { JobsService } from '../../../test/start-jobs-service.ts';
import { startWorker } from '../../platform/tasks/index.ts';
import { createJobTasks } from './tasks.ts';

let service: JobsService;

before(async () => {
  service = await startJobsService();
});
after(() => service.stop());

test(
  'a full disk fails the job and says so; the worker lives, and the job goes on when there is space',
  { timeout: 600_000 },
  async (t) => {
    service.repository.commit({ files: { 'large.bin': randomBytes(8_000_000) }, message: 'Begin' });
    using directory = createTemporaryDirectory();
    const { config } = service.platform;
    // Where nothing may be mounted, files as such are too large.
    const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', directory.path]).status === 0;
    const unmount = (): void => void spawnSync('umount', ['--quiet', directory.path]);
    t.after(unmount);
    const limits = isMounted ? {} : { maxFileBytes: 1_000_000 };
    const worker = await startWorker({
      database: service.platform.database,
      databaseUrl: service.databaseUrl,
      doorbell: service.platform.doorbell,
      definitions: createJobTasks({
        ...service.platform,
        config: { ...config, worker: { ...config.worker, ...limits, temporaryDirectory: directory.path } },
      }),
      backoff: { baseSeconds: 0.05, longestSeconds: 0.1 },
    });
    const id = await service.createJob();

    const { job: failed } = await service.waitFor(id, 'failed', 'completed');
    while (worker.runningCount() > 0) await delay(20);
    unmount();
    if (!isMounted) await worker.stop();
    const other = isMounted ? worker : await service.startWorker();
    const tasks = await service.call('GET', '/api/v2/tasks?state=failed');
    await service.call('POST', `/api/v2/tasks/${(tasks.json['items'] as { id: string }[])[0]!.id}/redrive`);
    const { job: done } = await service.waitFor(id, 'completed');
    await other.stop();

    assert.equal(failed.last_error?.code, isMounted ? 'DISK_FULL' : 'LIMIT_EXCEEDED', failed.last_error?.message);
    assert.equal(done.status, 'completed');
  },
);
