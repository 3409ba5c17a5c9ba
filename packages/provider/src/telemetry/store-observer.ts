import type { HookName } from 'countersign'

/** Called when a call of the store begins; it returns a function to call with the outcome. */
export type StoreObserver = (operation: HookName) => StoreCallEnd

type StoreCallEnd = (error?: unknown, value?: unknown) => void
