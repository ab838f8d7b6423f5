// The tables of dbt's catalog.json (`dbt docs generate`): names and types; it knows nothing of keys and NULL.

interface DbtColumn {
  readonly name: string;
  readonly type: string;
}

export interface DbtTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly DbtColumn[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const columnsOf = (value: unknown): readonly DbtColumn[] => {
  if (!isRecord(value)) return [];
  const found = Object.values(value).flatMap((column) => {
    if (!isRecord(column)) return [];
    const { name, type, index } = column;
    return typeof name === 'string' && typeof type === 'string'
      ? [{ name, type, place: typeof index === 'number' ? index : 0 }]
      : [];
  });
  return found.toSorted((left, right) => left.place - right.place).map(({ name, type }) => ({ name, type }));
};

const tableOf = (value: unknown): readonly DbtTable[] => {
  if (!isRecord(value) || !isRecord(value['metadata'])) return [];
  const { schema, name, type } = value['metadata'];
  if (typeof schema !== 'string' || typeof name !== 'string') return [];
  const kind = typeof type === 'string' && /view/i.test(type) ? 'view' : 'table';
  return [{ schema, name, kind, columns: columnsOf(value['columns']) }];
};

/** None where the text is no catalog. */
export const readDbtCatalog = (text: string): readonly DbtTable[] | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value['nodes'])) return undefined;
  const sources = isRecord(value['sources']) ? Object.values(value['sources']) : [];
  return [...Object.values(value['nodes']), ...sources].flatMap(tableOf);
};
