import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Other parts of the service register their own metrics here. */
  readonly registry: Registry;
  /** `route` is the pattern of the path, never the path itself: ids would make one series each. */
  observeRequest(request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void;
  /** Counts an attempt to hand an event to a webhook. */
  countDelivery(outcome: DeliveryOutcome): void;
  /** Counts a stream that is open; the returned function ends it. */
  openStream(transport: 'sse' | 'websocket'): () => void;
}

/** `retried`: later, once more; `failed`: never again; `refused`: the receiver wants no more of any event. */
export type DeliveryOutcome = 'delivered' | 'retried' | 'failed' | 'refused';

/** The metrics of one process, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'deployguard_http_requests_total',
    help: 'Requests answered, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'deployguard_http_request_duration_seconds',
    help: 'Time from the request line to the last byte of the answer.',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const streams = new Gauge({
    name: 'deployguard_http_open_streams',
    help: 'Event streams that are open.',
    labelNames: ['transport'],
    registers: [registry],
  });

  const deliveries = new Counter({
    name: 'deployguard_webhook_deliveries_total',
    help: 'Attempts to hand events to webhooks, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });

  return {
    registry,
    countDelivery: (outcome) => deliveries.inc({ outcome }),
    observeRequest({ method, route, status, seconds }) {
      requests.inc({ method, route, status: String(status) });
      durations.observe({ method, route }, seconds);
    },
    openStream(transport) {
      streams.inc({ transport });
      return () => streams.dec({ transport });
    },
  };
}
