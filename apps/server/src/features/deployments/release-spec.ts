import type { DeploymentConfig } from '@deployguard/contracts';
import type { Artifact, Release } from '@deployguard/delivery';
import type { Config } from '../../platform/config/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { scaleBackground } from './background-processes.ts';
import { parseCpu, parseMemory } from './parse-resources.ts';

/** How a release is run, whatever its variables are. */
export interface RunSpec extends Pick<Release, 'commands' | 'port' | 'limits' | 'health' | 'instances'> {
  readonly smoke: NonNullable<Release['smoke']>;
  /** Missing in releases of older versions. */
  readonly failOnOutput?: NonNullable<Release['failOnOutput']>;
  /** Missing in releases of older versions. */
  readonly background?: NonNullable<Release['background']>;
}

/** What is kept of a release beside what was built and the values of its variables. */
export interface ReleaseSpec extends RunSpec, Pick<Release, 'secretNames'> {
  /** Names of the variables that it is started with. */
  readonly variables: readonly string[];
  /** Those of them that its configuration sets, if variables of the application have the same names or not. Missing in releases of older versions. */
  readonly configured?: readonly string[];
  /** Sealed: what it would be started with, did variables of the application not have the same names. */
  readonly covered?: string;
  /** Those of them, and of the release before it, that the two do not have alike. Missing in releases of older versions. */
  readonly changedVariables?: readonly string[];
}

interface Built {
  readonly commands: Release['commands'];
  readonly port: Release['port'];
  readonly healthPath?: string | undefined;
  /** In the units of Kubernetes. */
  readonly resources?: { readonly cpu: string; readonly memory: string } | undefined;
  readonly background: NonNullable<Release['background']>;
}

const defaults = { cpu: '500m', memory: '512Mi', attempts: 60, intervalSeconds: 1, timeoutSeconds: 5 };

/** How a release is run: the configuration decides, then what was built. What is only estimated is held to the limits of the platform. */
export function buildRunSpec(built: Built, { application = {} }: DeploymentConfig, { limits }: Pick<Config, 'limits'>): RunSpec {
  const { health = {}, resources = {}, smoke_tests: smokeTests = [], fail_on_output: failOnOutput = [], replicas = 1 } = application;
  const path = health.path ?? built.healthPath;
  return {
    commands: built.commands,
    port: application.port ?? built.port,
    limits: {
      cpuMillis: Math.min(limits.maxCpuMillisPerDeployment, parseCpu(resources.cpu ?? built.resources?.cpu ?? defaults.cpu)),
      memoryBytes: Math.min(
        limits.maxMemoryBytesPerDeployment,
        parseMemory(resources.memory ?? built.resources?.memory ?? defaults.memory),
      ),
    },
    health: {
      ...(path === undefined ? {} : { path }),
      attempts: health.attempts ?? defaults.attempts,
      intervalMs: Math.round((health.interval_seconds ?? defaults.intervalSeconds) * 1000),
      timeoutMs: Math.round((health.timeout_seconds ?? defaults.timeoutSeconds) * 1000),
    },
    smoke: smokeTests.map(({ path: smokePath, method, status, body_includes: bodyIncludes, latency_ms: latencyMs }) => ({
      path: smokePath,
      ...(method && { method }),
      ...(status && { status }),
      ...(bodyIncludes && { bodyIncludes }),
      ...(latencyMs && { latencyMs }),
    })),
    failOnOutput,
    instances: replicas,
    background: built.background,
  };
}

/** As much as a release may have now. */
export function holdToLimits(run: RunSpec, { limits }: Pick<Config, 'limits'>): RunSpec {
  // To an engine, none is no limit: releases of before could ask for it.
  const cpuMillis = Math.min(run.limits.cpuMillis || Infinity, limits.maxCpuMillisPerDeployment);
  const memoryBytes = Math.min(run.limits.memoryBytes, limits.maxMemoryBytesPerDeployment);
  return { ...run, limits: { ...run.limits, cpuMillis, memoryBytes } };
}

/** What a release is given less of than its files let expect: nobody asked for it, so it is no reason to refuse it, but one to know. */
export function listLowered(
  { limits }: RunSpec,
  { resources }: Pick<Built, 'resources'>,
  { application = {} }: DeploymentConfig,
): string[] {
  const { cpu, memory } = resources ?? {};
  const tell = (what: string, expected: string, given: string): string =>
    `It probably wants ${expected} of ${what}, and is given ${given}, which is the limit of this service.`;
  return [
    ...(application.resources?.cpu === undefined && cpu !== undefined && parseCpu(cpu) > limits.cpuMillis
      ? [tell('a processor', cpu, `${limits.cpuMillis}m`)]
      : []),
    ...(application.resources?.memory === undefined && memory !== undefined && parseMemory(memory) > limits.memoryBytes
      ? [tell('memory', memory, `${Math.floor(limits.memoryBytes / 2 ** 20)}Mi`)]
      : []),
  ];
}

/** The release as the target takes it. */
export function toRelease(
  id: string,
  application: Pick<ApplicationRow, 'label' | 'instances' | 'process_instances'>,
  { artifact, spec, env }: { readonly artifact: Artifact; readonly spec: ReleaseSpec; readonly env: Readonly<Record<string, string>> },
): Release {
  const { commands, port, limits, health, smoke, failOnOutput = [], secretNames, instances, background = [] } = spec;
  return {
    application: application.label,
    id,
    artifact,
    commands,
    env,
    secretNames,
    port,
    limits,
    health,
    smoke,
    failOnOutput,
    instances: application.instances ?? instances,
    background: scaleBackground(background, application.process_instances),
  };
}
