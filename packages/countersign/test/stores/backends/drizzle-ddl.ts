/** What `getTableConfig` of each of Drizzle's families has in common. */
interface TableConfig {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly notNull: boolean
    readonly primary: boolean
    readonly isUnique: boolean
    getSQLType(): string
  }[]
  readonly indexes: readonly {
    readonly config: { readonly name?: string | undefined; readonly columns: readonly unknown[] }
  }[]
}

/** The statements that make a table as it is declared, as `drizzle-kit` would write them. */
export function tableStatements({ name, columns, indexes }: TableConfig): string[] {
  const lines = columns.map(
    (column) =>
      `${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}${column.primary ? ' primary key' : ''}${column.isUnique ? ' unique' : ''}`,
  )
  return [
    `create table ${name} (${lines.join(', ')})`,
    ...indexes.map(({ config }) => {
      const names = config.columns.map((column) => (column as { name: string }).name)
      return `create index ${config.name} on ${name} (${names.join(', ')})`
    }),
  ]
}
