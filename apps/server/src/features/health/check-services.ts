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

/**
 * Asks all services at once. One that does not answer in time is down: probes must not pile up behind it. What is missing is called by its own name:
 * without a broker the queue is in the database.
 */
export async function checkServices(checks: ServiceChecks, queue: Ready['queue']): Promise<ServiceStates> {
  const [rabbitmq, storage, database] = await Promise.all([
    answerInTime(checks.rabbitmq),
    answerInTime(checks.storage),
    answerInTime(checks.database),
  ]);
  const isEmbedded = queue === 'embedded';
  return {
    services: { rabbitmq: rabbitmq === true, storage: storage === true, database: database === true },
    missing: [
      ...describeMissing(queue, isEmbedded || rabbitmq),
      ...describeMissing('storage', storage),
      ...describeMissing('database', isEmbedded && database === true ? rabbitmq : database),
    ],
  };
}

function describeMissing(name: string, answer: boolean | string): string[] {
  if (answer === true) return [];
  return [answer === false ? name : `${name} (${answer})`];
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
