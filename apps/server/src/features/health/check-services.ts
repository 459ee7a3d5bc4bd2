import type { Ready } from '@deployguard/contracts';

type ServiceName = keyof Ready['services'];

/**
 * Tells for each service whether it can be used: `true`, `false`, or why it cannot. A check that throws means no. `rabbitmq` stands for the queue,
 * whichever is configured.
 */
export type ServiceChecks = Readonly<Record<ServiceName, () => Promise<boolean | string>>>;

const patienceMilliseconds = 2000;

export interface ServiceStates {
  readonly services: Ready['services'];
  /** Those that cannot be used, each with the reason if there is one: `database (its schema lacks 0002-tasks)`. */
  readonly missing: readonly string[];
}

/** Asks all services at once. One that does not answer in time is down: probes must not pile up behind it. */
export async function checkServices({ rabbitmq, storage, database }: ServiceChecks): Promise<ServiceStates> {
  const found = await Promise.all([answerInTime(rabbitmq), answerInTime(storage), answerInTime(database)]);
  const names: readonly ServiceName[] = ['rabbitmq', 'storage', 'database'];
  return {
    services: { rabbitmq: found[0] === true, storage: found[1] === true, database: found[2] === true },
    missing: names.flatMap((name, index) => {
      const answer = found[index]!;
      if (answer === true) return [];
      return answer === false ? name : `${name} (${answer})`;
    }),
  };
}

async function answerInTime(check: () => Promise<boolean | string>): Promise<boolean | string> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(late.resolve, patienceMilliseconds, false);
  try {
    return await Promise.race([check(), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
