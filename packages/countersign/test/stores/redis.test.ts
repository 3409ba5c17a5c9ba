import { available, services, uniqueName } from '../services.ts'
import { describeStore } from './suite.ts'

if (await available('redis')) {
  for (const [driver, backend] of [
    ['node-redis', 'backends/redis-node.ts'],
    ['ioredis', 'backends/redis-ioredis.ts'],
  ] as const) {
    describeStore({
      name: `Redis through ${driver}`,
      backend: new URL(backend, import.meta.url),
      config: `${services.redis.url}#${uniqueName('countersign')}:`,
    })
  }
}
