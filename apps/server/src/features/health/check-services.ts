import type { Ready } from '@deployguard/contracts';

type Services = Ready['services'];

/** Tells for each service whether it answers; a check that throws means no. `rabbitmq` stands for the queue, whichever is configured. */
export type ServiceChecks = Readonly<Record<keyof Services, () => Promise<boolean>>>;

const patienceMilliseconds = 2000;

/** Asks all services at once. One that does not answer in time is down: probes must not pile up behind it. */
export async function checkServices(checks: ServiceChecks): Promise<Services> {
  const [rabbitmq, storage, database] = await Promise.all([checks.rabbitmq, checks.storage, checks.database].map(answersInTime));
  return { rabbitmq: rabbitmq!, storage: storage!, database: database! };
}

async function answersInTime(check: () => Promise<boolean>): Promise<boolean> {
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
