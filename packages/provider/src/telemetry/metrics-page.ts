import type { Metrics } from './metrics.ts'
import type { PlainPages } from './page-server.ts'

/** The page for Prometheus. */
export function metricsPage(metrics: Metrics | undefined): PlainPages {
  return {
    async '/metrics'() {
      return { type: metrics?.contentType ?? 'text/plain', text: (await metrics?.text()) ?? '' }
    },
  }
}
