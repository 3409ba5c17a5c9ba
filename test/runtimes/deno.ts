import { parentPort } from 'node:worker_threads'

// Deno does not implement what vitest calls when all tests of a file are over. The worker ends after it, listeners and
// all, so there is nothing to do; and unhandled errors can stay fatal.
if (parentPort) parentPort.removeAllListeners = () => parentPort as NonNullable<typeof parentPort>
