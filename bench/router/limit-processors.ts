import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Short against an answer's time, so that who has used up its share does not wait for long. */
const periodMicros = 10_000;

/**
 * Lets each group of processes have at most so much of a processor, until the answer is called; undefined where this machine does not limit
 * processor time, or not for us: it takes root and the controller `cpu` of cgroups (version 1, or at the root of version 2).
 */
export function limitProcessors(groups: readonly (readonly number[])[], share: number): (() => void) | undefined {
  const controller = findController();
  if (controller === undefined) return undefined;
  const undo: (() => void)[] = [];
  const goBack = (): void => undo.toReversed().forEach((step) => step());
  try {
    for (const [index, pids] of groups.entries()) {
      const group = join(controller.root, `deployguard-bench-${process.pid}-${index}`);
      mkdirSync(group);
      undo.push(() => rmdirSync(group));
      for (const [file, text] of Object.entries(controller.describeLimit(Math.round(share * periodMicros))))
        writeFileSync(join(group, file), text);
      for (const pid of pids) {
        const before = join(controller.root, controller.findGroup(readFileSync(`/proc/${pid}/cgroup`, 'utf8')));
        writeFileSync(join(group, 'cgroup.procs'), String(pid));
        undo.push(() => existsSync(`/proc/${pid}`) && writeFileSync(join(before, 'cgroup.procs'), String(pid)));
      }
    }
  } catch {
    goBack();
    return undefined;
  }
  return goBack;
}

/** A process with all that it has started. */
export function listFamily(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(listFamily)];
}

interface Controller {
  readonly root: string;
  /** What to write, by file. */
  describeLimit(micros: number): Readonly<Record<string, string>>;
  /** Where a process belongs, by its /proc/PID/cgroup. */
  findGroup(memberships: string): string;
}

/** https://docs.kernel.org/scheduler/sched-bwc.html, https://docs.kernel.org/admin-guide/cgroup-v2.html */
function findController(): Controller | undefined {
  const first = '/sys/fs/cgroup/cpu';
  if (existsSync(join(first, 'cpu.cfs_quota_us'))) {
    return {
      root: first,
      describeLimit: (micros) => ({ 'cpu.cfs_period_us': String(periodMicros), 'cpu.cfs_quota_us': String(micros) }),
      findGroup: (memberships) => /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(memberships)![1]!,
    };
  }
  const second = '/sys/fs/cgroup';
  const enabled = join(second, 'cgroup.subtree_control');
  if (!existsSync(enabled) || !readFileSync(enabled, 'utf8').split(/\s/).includes('cpu')) return undefined;
  return {
    root: second,
    describeLimit: (micros) => ({ 'cpu.max': `${micros} ${periodMicros}` }),
    findGroup: (memberships) => /^0::(.*)$/m.exec(memberships)![1]!,
  };
}
