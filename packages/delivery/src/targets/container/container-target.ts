import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerEngine } from '../../containers/container-engine.ts';
import { listTlsArguments } from '../../containers/list-tls-arguments.ts';
import { runEngine } from '../../containers/run-engine.ts';
import { DeliveryError } from '../../delivery-error.ts';
import { defaultPids } from '../../release/release.ts';
import type { Release } from '../../release/release.ts';
import { listNamespacePorts } from '../process/listening-ports.ts';
import { createSupervisedTarget } from '../supervised/supervised-target.ts';
import type { SupervisedTargetOptions } from '../supervised/supervised-target.ts';
import type { Named } from '../supervised/program-kind.ts';
import type { Target } from '../target.ts';
import { endContainer, isAbsent } from './end-container.ts';
import { removeImage } from './remove-image.ts';
import { splitEnvironment } from './split-environment.ts';

export interface ContainerTargetOptions extends SupervisedTargetOptions {
  readonly engine: ContainerEngine;
}

/** Inside of a container; told in `PORT`. A number below 1024 would need a capability. */
const defaultPort = 8080;
const pullSeconds = 900;
const imageFile = 'image';

/**
 * Runs applications in containers of podman or docker: an own network for each application, a read-only file system with a small `/tmp` in memory, no
 * capabilities, no new privileges, limits of memory, processor and processes kept by the kernel, and a port of this machine's loopback.
 */
export function createContainerTarget({ engine, ...options }: ContainerTargetOptions): Target {
  // Several platforms may share an engine: names tell whose a container is.
  const owner = createHash('sha256').update(options.directory).digest('hex').slice(0, 8);
  const networkOf = (application: string): string => `deployguard-${owner}-${application}`;
  const containerOf = ({ application, id }: Named): { engine: ContainerEngine; name: string } => ({
    engine,
    // Names of ours have no dot: what is which cannot be mistaken.
    name: `deployguard-${owner}-${application}.${id}`,
  });
  const inspect = async (kind: 'image' | 'network' | 'container', name: string, format: string): Promise<string | undefined> => {
    try {
      return (await runEngine(engine, [kind, 'inspect', '--format', format, name])).trim();
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  };

  async function makeNetwork(application: string): Promise<void> {
    const network = networkOf(application);
    if ((await inspect('network', network, '{{.Name}}')) !== undefined) return;
    // Networks of Docker are kept apart as they are.
    const isolation = engine.kind === 'podman' ? ['--opt', 'isolate=true'] : [];
    await runEngine(engine, ['network', 'create', ...isolation, '--label', `deployguard.application=${application}`, network]);
  }

  return createSupervisedTarget(
    {
      kind: 'container',
      async prepare({ artifact, application, env, secretNames }, directory, signal) {
        if (artifact.kind !== 'image') throw new DeliveryError('RELEASE_INVALID', 'Only an image can run in a container: build one.');
        splitEnvironment(env, secretNames);
        if ((await inspect('image', artifact.reference, '{{.Id}}')) === undefined) {
          // It comes from the registry that it was pushed to.
          const flags = [...listTlsArguments(engine, [artifact.reference]), ...(engine.pushArguments ?? [])];
          await runEngine(engine, ['pull', '--quiet', ...flags, artifact.reference], {
            timeoutSeconds: pullSeconds,
            ...(signal === undefined ? {} : { signal }),
          });
        }
        await makeNetwork(application);
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        writeFileSync(join(directory, imageFile), artifact.reference);
      },
      restore: ({ application }) => makeNetwork(application),
      async describe(release, { application, id, port, releaseDirectory }) {
        const container = containerOf({ application, id });
        const { file, inherited, spelledOut } = splitEnvironment(release.env, release.secretNames);
        const inside = portOf(release);
        const image = readImage(releaseDirectory);
        return {
          command: {
            program: engine.program,
            args: [
              ...(engine.arguments ?? []),
              'run',
              '--name',
              container.name,
              ...labels({ application, release: release.id, instance: id, port: String(inside) }),
              '--network',
              networkOf(application),
              '--publish',
              `127.0.0.1:${port}:${inside}`,
              ...hardening,
              ...pullArguments(engine, image),
              ...limitArguments(release),
              ...(engine.runArguments ?? []),
              '--env-file',
              '/dev/stdin',
              ...Object.keys(inherited).flatMap((name) => ['--env', name]),
              ...Object.entries(spelledOut).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
              '--env',
              `PORT=${inside}`,
              ...startArguments(release, image),
            ],
            cwd: releaseDirectory,
          },
          env: { ...inherited, ...engine.environment },
          input: file,
          container,
        };
      },
      async isThere({ instance }) {
        return (await inspect('container', containerOf(instance).name, '{{.State.Running}}')) === 'true';
      },
      endLeftovers: (instance, _, graceMs) => endContainer(containerOf(instance), graceMs),
      async seePorts({ instance }) {
        const [pid = '0', inside] = (await inspect('container', containerOf(instance).name, stateFormat))?.split(' ') ?? [];
        const ports = listNamespacePorts(Number(pid));
        if (ports === undefined) return undefined;
        const isUnreachable = ports.some(({ port, isLoopback }) => port === Number(inside) && isLoopback);
        return {
          listeningPorts: ports.map(({ port }) => (port === Number(inside) ? instance.address.port : port)),
          ...(isUnreachable && { isUnreachable }),
        };
      },
      async removeRelease(_, directory) {
        const image = readImage(directory);
        const others = globSync(join(options.directory, 'applications', '*', 'releases', '*', imageFile)).filter(
          (path) => dirname(path) !== directory && readFileSync(path, 'utf8') === image,
        );
        if (others.length === 0) await removeImage(engine, image);
      },
      async destroy(application) {
        await runEngine(engine, ['network', 'rm', networkOf(application)]).catch((error: unknown) => {
          if (!isAbsent(error)) throw error;
        });
      },
    },
    options,
  );
}

/** What every container is kept from, and how its client behaves. */
const hardening = [
  '--read-only',
  '--tmpfs',
  '/tmp:rw,nosuid,nodev,size=64m,mode=1777',
  '--cap-drop=ALL',
  // In a network of its own, port 80 is nobody else's: it needs no capability.
  '--sysctl=net.ipv4.ip_unprivileged_port_start=0',
  '--security-opt=no-new-privileges',
  // The engine would run it as often as an image says, beyond the limits of the container. It is asked from outside.
  '--no-healthcheck',
  // What it prints comes through the engine's client, masked before it is written.
  '--log-driver=none',
  '--sig-proxy=false',
  // Who is removed has been asked before.
  '--stop-timeout=0',
];

/** The process that runs in a container, as this machine sees it, and the port on which it should listen. */
const stateFormat = '{{.State.Pid}} {{index .Config.Labels "deployguard.port"}}';

function labels(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--label', `deployguard.${name}=${value}`]);
}

/** What was removed from the engine since then comes from its registry again, the same by its digest; an image that is only here comes from nowhere. */
function pullArguments(engine: ContainerEngine, image: string): readonly string[] {
  return image.includes('@') ? ['--pull=missing', ...listTlsArguments(engine, [image])] : ['--pull=never'];
}

function limitArguments({ limits: { memoryBytes, cpuMillis, pids, fileBytes } }: Release): readonly string[] {
  return [
    `--memory=${memoryBytes}b`,
    `--cpus=${cpuMillis / 1000}`,
    `--pids-limit=${pids ?? defaultPids}`,
    ...(fileBytes === undefined ? [] : [`--ulimit=fsize=${fileBytes}`]),
  ];
}

function portOf({ port }: Release): number {
  return port === 'assigned' ? defaultPort : port;
}

/** The image, and what runs in it when that is not for the image to say. */
function startArguments({ commands: { start } }: Release, image: string): readonly string[] {
  if (start === undefined) return [image];
  if (typeof start === 'string') return ['--entrypoint=/bin/sh', image, '-c', start];
  const [program = '', ...args] = start;
  return [`--entrypoint=${program}`, image, ...args];
}

function readImage(releaseDirectory: string): string {
  return readFileSync(join(releaseDirectory, imageFile), 'utf8');
}
