import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryError } from '../delivery-error.ts';
import type { Instance, InstanceState, Target } from '../targets/target.ts';
import { ask } from './ask-instance.ts';
import { describeCrash, quote, readTellingLine } from './describe-crash.ts';
import type { HealthCheck } from './release.ts';
import { speaksTls } from './speaks-tls.ts';

export interface ProbeOptions {
  /** What requests carry as their host name: the one by which users will come. */
  readonly hostName: string;
  readonly signal: AbortSignal;
  /** Hears what each attempt that failed found. */
  readonly onAttempt?: (attempt: number, finding: string) => void;
}

/** A program that ended so often while it was waited for will not come up by waiting longer. */
const crashesUntilHopeless = 3;

/** What comes up quickly is not kept waiting: within the first interval it is looked at after this time, and later by how long it has taken so far. */
const shortestPauseMs = 50;
const pauseShare = 0.25;

/**
 * Waits until an instance is healthy, asked from outside.
 *
 * @throws {DeliveryError} CRASHED, OTHER_PORT, NEVER_LISTENED, LOOPBACK_ONLY, PORT_UNREACHABLE or UNHEALTHY when it does not become so within the attempts.
 */
export async function probeInstance(target: Target, instance: Instance, health: HealthCheck, options: ProbeOptions): Promise<void> {
  let finding = '';
  let isRefused = false;
  const startedAt = performance.now();
  for (let attempt = 1; attempt <= health.attempts;) {
    options.signal.throwIfAborted();
    const state = await target.inspect(instance);
    if (isHopeless(state)) throw await describeCrash(target, instance, state);

    const answer = await ask(instance.address, { ...health, hostName: options.hostName, signal: options.signal });
    if (answer.isHealthy && (await isItself(target, instance))) return;
    isRefused = answer.isRefused ?? false;
    finding = answer.isHealthy
      ? `another program answers on port ${instance.address.port}`
      : (tellOtherPort(instance, state) ?? answer.finding);
    const waitedMs = performance.now() - startedAt;
    if (attempt === 1 && waitedMs < health.intervalMs) {
      const pauseMs = Math.max(shortestPauseMs, waitedMs * pauseShare);
      await delay(Math.min(pauseMs, health.intervalMs - waitedMs), undefined, { signal: options.signal });
      continue;
    }
    options.onAttempt?.(attempt, finding);
    if (++attempt <= health.attempts) await delay(health.intervalMs, undefined, { signal: options.signal });
  }
  throw await explainSilence(target, instance, { finding, isRefused });
}

/** It may open the one that is waited for as well, later. */
function tellOtherPort({ address }: Instance, state: InstanceState | undefined): string | undefined {
  const ports = state?.listeningPorts ?? [];
  return ports.length === 0 || ports.includes(address.port)
    ? undefined
    : `it listens on port ${ports.join(', ')}, and not on ${address.port}, which PORT names`;
}

function isHopeless(state: InstanceState | undefined): boolean {
  return state === undefined || state.status === 'exited' || state.restarts >= crashesUntilHopeless;
}

/** Where it can be seen who listens, it has to be the instance that answered. */
async function isItself(target: Target, instance: Instance): Promise<boolean> {
  const ports = (await target.inspect(instance))?.listeningPorts;
  return ports === undefined || ports.includes(instance.address.port);
}

async function explainSilence(
  target: Target,
  instance: Instance,
  { finding, isRefused }: { readonly finding: string; readonly isRefused: boolean },
): Promise<DeliveryError> {
  const state = await target.inspect(instance);
  const { port } = instance.address;
  if (state?.lastExit !== undefined && state.lastExit.reason !== 'stopped') return describeCrash(target, instance, state);
  const ports = state?.listeningPorts;
  if (ports !== undefined && !ports.includes(port)) {
    const line = await readTellingLine(target, instance);
    return ports.length === 0
      ? new DeliveryError(
          'NEVER_LISTENED',
          `The application runs, but does not listen on any port. It has to listen on the one that the variable PORT names. ${quote(line)}`,
        )
      : new DeliveryError(
          'OTHER_PORT',
          `The application listens on port ${ports.join(', ')}, but has to listen on the one that the variable PORT names.${target.kind === 'process' ? inContainers : ''}`,
        );
  }
  if (state?.isUnreachable) {
    return new DeliveryError(
      'LOOPBACK_ONLY',
      'The application listens on 127.0.0.1 or localhost alone, which nothing outside of its container reaches. It has to listen on all addresses: 0.0.0.0 or ::.',
    );
  }
  if (ports !== undefined && isRefused && target.kind === 'container') {
    return new DeliveryError(
      'PORT_UNREACHABLE',
      `The application listens in its container, but connections to port ${port} of this machine do not get there. Where a container of before left a rule of the firewall behind, \`iptables-save | grep -w ${port}\` shows it. Deploy again: it will be another port.`,
    );
  }
  if (ports !== undefined && isRefused) {
    return new DeliveryError(
      'UNHEALTHY',
      `The application listens on port ${port}, but not at 127.0.0.1. Let it listen on all addresses: 0.0.0.0, or :: for both versions of IP.`,
    );
  }
  const isEncrypted = !isRefused && (await speaksTls(instance.address));
  return new DeliveryError('UNHEALTHY', `The application did not become healthy: ${finding}.${isEncrypted ? ` ${inPlain}` : ''}`);
}

const inContainers = ' One whose port cannot be chosen can run in a container (`deployments.target: container`).';
const inPlain = 'It speaks TLS on its port. Let it speak HTTP: what users send is decrypted before it gets there.';
