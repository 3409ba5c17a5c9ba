// The API reference: a page for each export of each entry of the published packages, written by TypeDoc from the comments
// in the sources.
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Application, Converter, ReflectionKind, type TypeDocOptions } from 'typedoc'
import { MarkdownPageEvent, type PluginOptions } from 'typedoc-plugin-markdown'
import { repository } from '../../scripts/absolute-links.ts'
import { apiEntries } from './api-entries.ts'

const root = resolve(import.meta.dirname, '../..')

/**
 * Writes the pages, in place of what the folder holds.
 *
 * @throws Error after any warning of TypeDoc, such as a `{@link}` that leads nowhere.
 */
export async function writeApiPages(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  const options: TypeDocOptions & Partial<PluginOptions> = {
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: apiEntries.map(({ source }) => source),
    tsconfig: join(import.meta.dirname, 'tsconfig.api.json'),
    // The root's own TypeScript checks the sources: this one is here for TypeDoc, which needs an older one.
    skipErrorChecking: true,
    basePath: root,
    disableGit: true,
    sourceLinkTemplate: `${repository}/blob/main/packages/{path}#L{line}`,
    readme: 'none',
    name: 'API',
    excludeExternals: true,
    excludePrivate: true,
    excludeProtected: true,
    outputs: [{ name: 'markdown', path: folder }],
    router: 'member',
    entryFileName: 'index.md',
    hidePageHeader: true,
    useCodeBlocks: true,
    indexFormat: 'table',
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true },
  }
  const app = await Application.bootstrapWithPlugins(options)
  const names = new Map(apiEntries.map(({ name, source }) => [source, name]))
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return
    reflection.name = names.get(reflection.sources?.[0]?.fullFileName ?? '') ?? reflection.name
  })
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    // Where a thing is defined, as a word: the path would be the longest line of most sections.
    page.contents = page.contents?.replace(/^Defined in: \[[^\]]+\]\(([^)]+)\)$/gm, '[Source]($1){.source}')
  })
  const project = await app.convert()
  if (project !== undefined) {
    app.validate(project)
    await app.generateOutputs(project)
  }
  const { errorCount, warningCount } = app.logger
  if (project === undefined || errorCount + warningCount > 0)
    throw new Error(`TypeDoc found ${errorCount} errors and ${warningCount} warnings.`)
}
