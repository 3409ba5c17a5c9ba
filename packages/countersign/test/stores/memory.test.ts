import { describeStore } from './suite.ts'

describeStore({
  name: 'memory',
  backend: new URL('backends/memory.ts', import.meta.url),
  config: '',
  shared: false,
})
