/**
 * Storage in this process's memory: a cache for nonces and temporary credentials, and a complete store for tests and
 * experiments. It serves one process, and starts empty.
 *
 * @example
 * ```ts
 * import { memoryHooks } from 'countersign/memory'
 *
 * const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 's3cret', callbacks: [] }] })
 * ```
 *
 * @module
 */
export { type MemoryCacheOptions, memoryCache } from './memory/cache.ts'
export { type Extended, type MemoryHooks, type MemoryStoreOptions, memoryHooks } from './memory/hooks.ts'
