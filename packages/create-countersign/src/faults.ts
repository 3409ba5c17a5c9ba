/** A command line that is not understood: the process ends with 2. */
export class UsageFault extends Error {}

/** A command that is understood and cannot be carried out: the process ends with 1. */
export class Refusal extends Error {}
