export function runChecks(modules: {
  readonly core: object
  readonly memory: object
  readonly fetchAdapter: object
  readonly client: object
  readonly bridge: object
  readonly serve?: object
}): Promise<{ readonly lines: readonly string[]; readonly passed: number; readonly failed: number }>
