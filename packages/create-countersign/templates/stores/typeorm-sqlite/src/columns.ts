import type { ColumnSetOptions } from 'countersign/typeorm'

export const columnOptions: ColumnSetOptions = { userIdType: 'varchar' }
