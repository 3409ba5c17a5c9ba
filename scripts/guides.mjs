// Copies the files of the examples into the guides that show them in full: `node scripts/guides.mjs`. A test fails if a
// guide differs from the code that runs.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
/** The example of a page, if its name differs from the page's. */
const examples = {
  'quick-start': 'express',
  caches: 'redis',
  upkeep: 'kysely',
  'consent-page': 'consent',
  'from-authlib': 'authlib',
}

for (const file of globSync(['*.md', 'recipes/*.md'], { cwd: join(root, 'docs') })) {
  const name = basename(file, '.md')
  update(join(root, 'docs', file), join(root, 'examples', examples[name] ?? name))
}
for (const file of ['README.md', 'packages/countersign/README.md'])
  update(join(root, file), join(root, 'test/docs/readme'))

function update(page, folder) {
  const text = readFileSync(page, 'utf8')
  const updated = text.replace(/^(```\w+ \[(\S+)\]\n)(.*?)^```$/gms, (block, head, name) => {
    const own = join(folder, name)
    // The client of the guides of stores is the same for all.
    const source = existsSync(own) ? own : join(root, 'examples/client', name)
    return existsSync(source) ? `${head}${readFileSync(source, 'utf8')}\`\`\`` : block
  })
  if (updated === text) return
  writeFileSync(page, updated)
  console.log(`${page} shows what runs.`)
}
