// Names as they stand in statements that people copy.
import type { TableName } from '../../../sql/table-name.ts';

export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const quotedTable = ({ schema, name }: TableName): string =>
  `${quotedName(schema)}.${quotedName(name)}`;
