// Copies what tsc leaves out into a package's dist: the files beside the code that it reads at its start.
// `node scripts/assets.mjs packages/provider`
import { cpSync, statSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
const isCode = (path) => /\.[cm]?tsx?$/.test(path)
const filter = (path) => statSync(path).isDirectory() || !isCode(path)
cpSync(join(folder, 'src'), join(folder, 'dist'), { recursive: true, filter })
