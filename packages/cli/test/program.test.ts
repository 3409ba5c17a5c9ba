import { expect, it } from 'vitest'
import { programOf } from '../src/program.ts'

const source = 'file:///work/packages/cli/src/program.ts'
const built = 'file:///work/node_modules/@countersign/cli/dist/program.js'
const npx = 'npx @countersign/cli'

it.each([
  ['the sources', source, '/work/packages/cli/src/main.ts', {}, 'npm run --silent countersign --'],
  [
    'npx',
    built,
    '/work/node_modules/.bin/countersign',
    { npm_lifecycle_event: 'npx', PATH: '/work/node_modules/.bin:/bin' },
    npx,
  ],
  [
    "a script of the application's",
    built,
    '/work/node_modules/.bin/countersign',
    { npm_lifecycle_event: 'start' },
    npx,
  ],
  ['its path', built, '/work/node_modules/.bin/countersign', { PATH: '/bin' }, npx],
  ['the whole machine', built, '/usr/bin/countersign', { PATH: '/bin:/usr/bin' }, 'countersign'],
])('started from %s, it is reached the same way again', (_, module, file, env, expected) => {
  expect(programOf(module, file, env)).toBe(expected)
})
