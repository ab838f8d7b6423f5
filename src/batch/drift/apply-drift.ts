// Drift inside the commit: a mirror is changed before it is written, and read once afterwards, since the sums of its
// images no longer say what it holds.
import type { MirrorChange, MirrorPlan } from '../../detect/mirror-plan.ts';
import type { Source } from '../../dictionary/dictionary.ts';
import { isTidemarkError } from '../../errors/tidemark-error.ts';
import { readFingerprint, type FingerprintShape } from '../../reconcile/fingerprint.ts';
import type { Column } from '../../sql/dialect.ts';
import { id, sql, table, verbatim, type Fragment } from '../../sql/fragment.ts';
import type { Fingerprint } from '../../store/fingerprints.ts';
import { instantMs } from '../../store/state.ts';
import type { Session } from '../../warehouse/port.ts';
import type { Computed } from '../compute/compute.ts';
import { tableInfo, type BatchContext } from '../context.ts';
import { indexMirror } from '../commit/create-tables.ts';
import { shapeHash } from './shape-hash.ts';

/** The mirror cannot be changed as its source was: that source is left out, the others go on. */
export class MirrorRefused extends Error {
  override readonly name = 'MirrorRefused';
  readonly source: Source;

  constructor(source: Source, cause: unknown) {
    super(`the mirror of \`${source.name}\` could not be changed`, { cause });
    this.source = source;
  }
}

const statementsOf = (mirror: Fragment, change: MirrorChange): readonly Fragment[] => {
  const name = id(change.column.name);
  const type = verbatim(change.column.type);
  const add = sql`alter table ${mirror} add column ${name} ${type}`;
  switch (change.kind) {
    case 'add':
      return [add];
    case 'rename':
      return [sql`alter table ${mirror} rename column ${id(change.from)} to ${name}`];
    case 'convert':
      return [sql`alter table ${mirror} alter column ${name} type ${type} using cast(${name} as ${type})`];
    case 'replace':
      return [sql`alter table ${mirror} drop column ${name}`, add];
  }
};

export const blameMirror = async (
  session: Session,
  source: Source,
  statements: readonly Fragment[],
): Promise<void> => {
  try {
    for (const statement of statements) await session.execute(statement);
  } catch (error) {
    const own = isTidemarkError(error) && (error.code === 'sql_failed' || error.code === 'permission_denied');
    throw own ? new MirrorRefused(source, error) : error;
  }
};

export const dropMirror = (session: Session, source: Source): Promise<void> =>
  blameMirror(session, source, [sql`drop table ${table(source.mirror)}`]);

export const changeMirror = async (
  context: BatchContext,
  session: Session,
  source: Source,
  { changes }: MirrorPlan,
): Promise<void> => {
  await blameMirror(
    session,
    source,
    changes.flatMap((change) => statementsOf(table(source.mirror), change)),
  );
  const isNew = changes.some(({ kind }) => kind === 'add' || kind === 'replace');
  if (isNew && context.warehouse.dialect.capabilities.indexesMirrors)
    await indexMirror(session, context.warehouse.dialect, { graph: context.graph, source });
};

/** The mirror's columns after the batch, in the order of the images. */
const shapeAfter = (context: BatchContext, source: Source, plan: MirrorPlan): FingerprintShape => {
  const stored = tableInfo(context, source.mirror)?.columns ?? [];
  const asStored = (column: Column): Column =>
    plan.changes.some((change) => change.column.name === column.name && change.kind !== 'rename')
      ? column
      : (stored.find(({ name }) => name === column.name) ?? column);
  return { table: source.mirror, key: source.key, columns: source.columns.map(asStored), reads: [] };
};

/** The mirror holds other columns than when its fingerprint was taken. */
export const reshaped = (
  context: BatchContext,
  { source, plan, reading }: Computed['frozen']['sources'][number],
): FingerprintShape | undefined => {
  const before = context.observed.get(source.name)?.fingerprint;
  if (before === undefined || ['bootstrap', 'keys', 'undo'].includes(reading.kind)) return undefined;
  const shape = shapeAfter(context, source, plan);
  return shapeHash(shape) === before.shape ? undefined : shape;
};

export const readReshaped = async (
  context: BatchContext,
  session: Session,
  computed: Computed,
): Promise<ReadonlyMap<string, Fingerprint>> => {
  const found = new Map<string, Fingerprint>();
  for (const frozen of computed.frozen.sources) {
    const shape = reshaped(context, frozen);
    if (shape === undefined) continue;
    const [row] = await session.rows<{ cells: string }>(readFingerprint(context.warehouse.dialect, shape));
    const cells = row?.cells ?? '0:0';
    found.set(frozen.source.name, {
      shape: shapeHash(shape),
      cells,
      reads: '',
      scannedAtMs: instantMs(computed.frozen.moment),
    });
  }
  return found;
};
