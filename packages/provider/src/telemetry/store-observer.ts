import type { HookName } from 'countersign'

/** Is told when a call of the store begins; what it returns is told how the call ended. */
export type StoreObserver = (operation: HookName) => StoreCallEnd

type StoreCallEnd = (error?: unknown, value?: unknown) => void
