import { createMetrics, type Metrics } from './metrics.ts'
import type { StoreObserver } from './store-observer.ts'
import { openTracing, type Tracing } from './tracing.ts'

/** What a process tells of itself besides its log; each part is undefined while no one listens, and costs nothing then. */
export interface Telemetry {
  readonly metrics?: Metrics | undefined
  readonly tracing?: Tracing | undefined
}

/** @param metrics - Whether metrics are asked for; traces are made where the application has registered a tracer. */
export async function openTelemetry(metrics: boolean): Promise<Telemetry> {
  return { metrics: metrics ? await createMetrics() : undefined, tracing: await openTracing() }
}

/** Tells both of each call of the store; undefined where there is neither. */
export function storeObserver({ metrics, tracing }: Telemetry): StoreObserver | undefined {
  if (metrics === undefined) return tracing?.store
  if (tracing === undefined) return metrics.store
  return (operation) => {
    const ends = [metrics.store(operation), tracing.store(operation)]
    return (error, value) => {
      for (const end of ends) end(error, value)
    }
  }
}
