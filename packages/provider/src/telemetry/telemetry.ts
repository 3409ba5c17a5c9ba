import { createMetrics, type Metrics } from './metrics.ts'
import type { StoreObserver } from './store-observer.ts'
import { openTracing, type Tracing } from './tracing.ts'

/** What a process reports besides its log; each part is undefined while no one listens, and then costs nothing. */
export interface Telemetry {
  readonly metrics?: Metrics | undefined
  readonly tracing?: Tracing | undefined
}

/** @param metrics - Whether metrics are enabled; traces are recorded if the application has registered a tracer. */
export async function openTelemetry(metrics: boolean): Promise<Telemetry> {
  return { metrics: metrics ? await createMetrics() : undefined, tracing: await openTracing() }
}

/** Reports each call of the store to both; undefined if there is neither. */
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
