/**
 * What happened to a subject (a job, an import, a deployment), in the order of `sequence`: 1, 2, 3, … without gaps. Log lines, progress
 * and changes of state are events; whoever missed some asks again from the last sequence seen.
 */
export interface ServiceEvent {
  readonly sequence: number;
  /** `log`, `progress`, `state`, … */
  readonly kind: string;
  readonly data: unknown;
  readonly createdAt: Date;
}

/** An event that is not written yet. Its data must hold no secret: events are shown to people. */
export interface NewEvent {
  readonly kind: string;
  readonly data: unknown;
}

/** Whose events: ids are unique within a tenant only. */
export interface EventSubject {
  readonly tenantId: string;
  readonly subject: string;
}

/** Notified as `tenant/subject` when a transaction with new events has been committed. */
export const eventsChannel = 'deployguard_events';
