import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Tracing } from './trace.ts';

export interface TracingOptions {
  /** Of a collector, OTLP over HTTP; `/v1/traces` is added. */
  readonly url: string;
  /** Of the traces that begin here; what another process began is traced when that one does. */
  readonly percent: number;
  readonly service: string;
  readonly version: string;
}

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const;
// Of a collector that is away, when the process ends.
const closeMilliseconds = 3000;

/** Sends spans to a collector in batches. One that does not answer holds nothing up: spans are dropped. Loaded only when traces are wanted. */
export function openTracing({ url, percent, service, version }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${url.replace(/(?<!\/)\/+$/, '')}/v1/traces`, timeoutMillis: closeMilliseconds });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `deployguard-${service}`, 'service.version': version, 'process.pid': process.pid }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(percent / 100) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000 })],
  });
  const tracer = provider.getTracer('deployguard', version);

  return {
    startSpan({ name, kind, parent, attributes = {} }) {
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, toContext(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`,
        end({ isError, attributes: more = {} }) {
          span.setAttributes({ ...more });
          if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    async close() {
      await provider.shutdown().catch(() => {});
    },
  };
}

/** Whatever is no traceparent begins a trace of its own. */
function toContext(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags!, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  });
}
