import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRouter, createProcessTarget, ensureRouter, runRelease } from '@deployguard/delivery';
import type { Release } from '@deployguard/delivery';
import { limitProcessors, listFamily } from './router/limit-processors.ts';
import { measureLatency, measureThroughput, startSteadyLoad } from './router/load.ts';
import { startOtherRouters } from './router/other-routers.ts';
import { measureByWrk } from './router/wrk.ts';
import { median, printTable } from './print-table.ts';

const perSecond = 500;
const seconds = 5;
const updates = 20;
const rollbacks = 5;
const application = 'bench';

/**
 * What the router costs, as ratios against the same application asked directly, in turns; and whether anybody notices that releases are switched:
 * real releases through the process target, under requests on kept connections and conversations on upgraded ones.
 */
export async function benchRouter(rounds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-bench-router-'));
  const artifact = join(directory, 'artifact');
  mkdirSync(artifact);
  cpSync(join(import.meta.dirname, 'router', 'application.mjs'), join(artifact, 'application.mjs'));
  const target = createProcessTarget({ directory: join(directory, 'target') });
  const order = {
    listen: { host: '127.0.0.1', port: 0 },
    tablePath: join(directory, 'routes.json'),
    controlPath: join(directory, 'control'),
  };
  const router = await ensureRouter(order);
  const { pid, listen } = await router.describe();

  const build = (version: number): Release => ({
    application,
    id: `release-${version}`,
    artifact: { kind: 'directory', path: artifact, digest: 'sha256:0' },
    commands: { start: ['node', 'application.mjs'] },
    env: { VERSION: String(version) },
    secretNames: [],
    port: 'assigned',
    limits: { cpuMillis: 1000, memoryBytes: 512 * 1024 * 1024 },
    health: { path: '/', attempts: 300, intervalMs: 50, timeoutMs: 5000 },
    instances: 1,
  });
  let runs = 0;
  const switchTo = async (release: Release, previous?: Release): Promise<number> => {
    const start = performance.now();
    let servingAfter = 0;
    const outcome = await runRelease({
      target,
      router,
      id: `run-${++runs}`,
      release,
      ...(previous === undefined ? {} : { previous }),
      hosts: ['127.0.0.1'],
      observeMs: 0,
      signal: new AbortController().signal,
      emit: ({ step, state }) => {
        if (step === 'switch' && state === 'done') servingAfter = performance.now() - start;
      },
    });
    if (outcome.status !== 'serving') throw new Error(`The release ended as ${outcome.status}.`);
    return servingAfter;
  };

  try {
    await switchTo(build(1));
    const [instance] = await target.list(application);
    const { address, handle } = instance!;
    await compare({ direct: address.port, routed: listen.port, processes: [listFamily(handle.pid), [pid]] }, rounds);
    await compareWithOthers({ direct: address.port, routed: listen.port }, directory, rounds);

    const stop = startSteadyLoad(listen.port);
    const servingAfter: number[] = [];
    for (let version = 2; version < 2 + updates; version++) servingAfter.push(await switchTo(build(version), build(version - 1)));
    const last = 1 + updates;
    for (let count = 0; count < rollbacks; count++)
      servingAfter.push(await switchTo(build(last - ((count + 1) % 2)), build(last - (count % 2))));
    const { requests, messages, failures } = await stop();
    printTable(
      `${updates} updates and ${rollbacks} rollbacks through the process target, under load`,
      ['', ''],
      [
        ['requests on kept connections', String(requests)],
        ['messages on upgraded connections', String(messages)],
        ['failed', String(failures.length)],
        ['built release to serving, ms (p50)', median(servingAfter).toFixed(0)],
      ],
    );
    for (const failure of failures.slice(0, 10)) console.log(failure);
  } finally {
    await target.destroy(application);
    await connectRouter(order).stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Ways {
  /** Ports. */
  readonly direct: number;
  readonly routed: number;
  /** Of the application and of the router. */
  readonly processes: readonly (readonly number[])[];
}

async function compare({ direct, routed, processes }: Ways, rounds: number): Promise<void> {
  const relay = spawn(process.execPath, [join(import.meta.dirname, 'router', 'relay.mjs'), String(direct)]);
  const [line] = (await once(relay.stdout, 'data')) as [Buffer];
  const ways = [direct, routed, Number(line)];
  const forEachWay = (): number[][] => ways.map((): number[] => []);
  const measured = { latency: forEachWay(), small: forEachWay(), large: forEachWay(), limited: forEachWay() };
  // Client, application and router each have one of their own on most machines; where they share two, what is measured is the machine.
  const share = Math.min(1, (0.9 * availableParallelism()) / 3);
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [way, port] of ways.entries()) {
        measured.latency[way]!.push(median(await measureLatency(port, '/small', perSecond, seconds)));
        measured.small[way]!.push(await measureThroughput(port, '/small', 32, seconds));
        measured.large[way]!.push(await measureThroughput(port, '/large', 8, seconds));
        const goBack = limitProcessors([...processes, [process.pid], [relay.pid!]], share);
        if (goBack === undefined) continue;
        try {
          measured.limited[way]!.push(await measureThroughput(port, '/large', 8, seconds));
        } finally {
          goBack();
        }
      }
    }
  } finally {
    relay.kill();
  }
  const [latency, small, large] = [measured.latency, measured.small, measured.large].map((values) => values.map(median));
  const added = (way: number): string => `+ ${(latency![way]! - latency![0]!).toFixed(2)} ms`;
  const ratio = (values: readonly number[], way: number): string => `${((values[way]! / values[0]!) * 100).toFixed(0)} %`;
  const print = (values: readonly number[], digits: number): string[] => values.map((value) => value.toFixed(digits));
  const limited = measured.limited[0]!.length === 0 ? undefined : measured.limited.map(median);
  printTable(
    `The router, and a bare relay of connections, beside the application asked directly, median of ${rounds}`,
    ['', 'direct', 'routed', 'relayed', 'routed of direct', 'relayed of direct'],
    [
      [`ms at ${perSecond} requests/s (p50; at most + 2)`, ...print(latency!, 2), added(1), added(2)],
      ['answers of 1 KB per second (at least 25 %)', ...print(small!, 0), ratio(small!, 1), ratio(small!, 2)],
      [
        `answers of 1 MB per second, ${availableParallelism()} processors for all (at least 80 %)`,
        ...print(large!, 0),
        ratio(large!, 1),
        ratio(large!, 2),
      ],
      [
        `answers of 1 MB per second, ${share.toFixed(1)} processors for each process (at least 80 %)`,
        ...(limited === undefined ? Array(5).fill('not possible here') : [...print(limited, 0), ratio(limited, 1), ratio(limited, 2)]),
      ],
    ],
  );
}

/** The same by a client that takes little of a processor, beside routers that others wrote; as far as they are installed. */
async function compareWithOthers({ direct, routed }: Pick<Ways, 'direct' | 'routed'>, directory: string, rounds: number): Promise<void> {
  if (!isInstalled('wrk')) return console.log('\nNot asked by wrk: it is not installed.');
  const others = await startOtherRouters(direct, directory);
  const ways = [{ name: 'direct', port: direct }, { name: 'routed', port: routed }, ...others];
  const sizes = [
    { title: 'answers of 1 KB per second (at least 25 %)', path: '/small', connections: 32 },
    { title: 'answers of 1 MB per second (at least 80 %)', path: '/large', connections: 8 },
  ];
  const measured = sizes.map(() => ways.map((): number[] => []));
  try {
    for (let round = 0; round < rounds; round++)
      for (const [way, { port }] of ways.entries())
        for (const [size, { path, connections }] of sizes.entries())
          measured[size]![way]!.push(await measureByWrk(port, path, connections, seconds));
  } finally {
    for (const other of others) other.stop();
  }
  const cell = (value: number, floor: number): string => `${value.toFixed(0)} (${((value / floor) * 100).toFixed(0)} %)`;
  printTable(
    `Asked by wrk, ${availableParallelism()} processors for all, beside other routers, median of ${rounds}`,
    ['', ...ways.map(({ name }) => name)],
    sizes.map(({ title }, size) => {
      const medians = measured[size]!.map(median);
      return [title, ...medians.map((value) => cell(value, medians[0]!))];
    }),
  );
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}
