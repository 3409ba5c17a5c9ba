import type { ColumnSetOptions } from 'countersign/typeorm'

// Identifiers are compared exactly; the usual collations would fold case and accents.
export const columnOptions: ColumnSetOptions = { userIdType: 'varchar', collation: 'utf8mb4_bin' }
