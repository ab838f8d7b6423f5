// Held columns: mapped columns that a batch leaves as they are, because their mapping changed and a person is to look
// first. They are taken out of the dictionary when the batch is opened, so that nothing else need know of them.
import type { Dictionary, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import type { Limits } from '../../project/project.ts';
import type { ImageSummary } from '../../reconcile/relation-view.ts';
import { showTable } from '../../sql/table-name.ts';
import type { HeldColumn } from '../../store/relations.ts';
import type { KnownState } from '../known-state.ts';
import { columnHash, mappingChange, readTargetMemory, targetMemory } from './mapping-hash.ts';

export interface Held extends HeldColumn {
  /** Decided by this batch. */
  readonly isNew: boolean;
}

export type HeldColumns = ReadonlyMap<string, readonly Held[]>;

export interface HoldWishes {
  /** Targets that somebody asked to compare in full, and which columns of theirs. */
  readonly reconcile: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
  /** What earlier attempts of this batch decided, by target. */
  readonly decided: ReadonlyMap<string, readonly HeldColumn[]>;
}

/** The changed mapping of columns would change too much: the batch is done again without them. */
export class ColumnsHeld extends Error {
  override readonly name = 'ColumnsHeld';
  readonly target: string;
  readonly columns: readonly HeldColumn[];

  constructor(target: string, columns: readonly HeldColumn[]) {
    super(`columns of \`${target}\` are held: ${columns.map(({ column }) => column).join(', ')}`);
    this.target = target;
    this.columns = columns;
  }
}

/** A key says which rows there are, and a column that takes no NULL must be given a value with each new row. */
export const canBeHeld = (target: Target, { name, nullable }: MappedColumn): boolean => {
  if (target.form.kind === 'history' || target.key.some((each) => each.name === name)) return false;
  return (
    nullable ||
    target.rows === 'update-only' ||
    target.tableColumns.some((each) => each.name === name && each.hasDefault === true)
  );
};

const ofTarget = (target: Target, known: KnownState, wishes: HoldWishes): readonly Held[] => {
  const relation = known.relations.get(target.name);
  const memory = readTargetMemory(relation?.mapping);
  if (relation === undefined || memory === undefined || !target.exists) return [];
  const asks = target.onMappingChange === 'hold' && !mappingChange(memory, targetMemory(target)).base;
  return target.columns.flatMap((column): readonly Held[] => {
    const { name } = column;
    if (!canBeHeld(target, column)) return [];
    if (wishes.reconcile.has(target.name) && wishes.columns.has(name)) return [];
    const mapping = columnHash(column);
    const stored = relation.held.find((each) => each.column === name);
    if (stored?.mapping === mapping) return stored.released === true ? [] : [{ ...stored, isNew: false }];
    const decided = wishes.decided.get(target.name)?.find((each) => each.column === name);
    if (decided !== undefined) return [{ ...decided, isNew: true }];
    const was = memory.columns[name] ?? stored?.was;
    if (!asks || was === mapping) return [];
    const reason = `its mapping ${was === undefined ? 'is new' : 'changed'}, and \`on_mapping_change: hold\` wants it looked at first`;
    return [{ column: name, since: known.lastBatch, reason, mapping, was, isNew: true }];
  });
};

export const holdColumns = (dictionary: Dictionary, known: KnownState, wishes: HoldWishes) => {
  const held = new Map<string, readonly Held[]>();
  const targets = dictionary.targets.map((target) => {
    const holds = ofTarget(target, known, wishes);
    if (holds.length === 0) return target;
    held.set(target.name, holds);
    return {
      ...target,
      columns: target.columns.filter(({ name }) => !holds.some(({ column }) => column === name)),
    };
  });
  return { dictionary: { ...dictionary, targets }, held };
};

export interface ChangedColumns {
  readonly target: Target;
  /** Those whose mapping changed. */
  readonly columns: readonly string[];
  readonly summary: ImageSummary;
  readonly limits: Limits;
  readonly rowsBefore: number;
  readonly known: KnownState;
}

const count = (rows: number): string => rows.toLocaleString('en-US');

/** Holds the columns whose new mapping would change more rows than the limit allows. Answers how many rows at most
 *  change in a column that is none of those. */
export const holdLargeChanges = ({
  target,
  columns,
  summary,
  limits,
  rowsBefore,
  known,
}: ChangedColumns): number => {
  const judged = target.columns.filter(
    (column) => columns.includes(column.name) && canBeHeld(target, column),
  );
  const relation = known.relations.get(target.name);
  const memory = readTargetMemory(relation?.mapping);
  const tooMany = judged.flatMap((column): readonly HeldColumn[] => {
    const { name } = column;
    const cells = summary.columns.get(name) ?? 0;
    if (relation?.held.find((each) => each.column === name)?.released === true) return [];
    if (rowsBefore <= limits.floor || cells * 100 <= limits.touchedPercent * rowsBefore) return [];
    const percent = ((100 * cells) / rowsBefore).toFixed(1);
    return [
      {
        column: name,
        since: known.lastBatch,
        reason: `its changed mapping would change ${count(cells)} of ${count(rowsBefore)} rows of \`${showTable(target.table)}\` (${percent} %, limit ${limits.touchedPercent} %)`,
        mapping: columnHash(column),
        was: memory?.columns[name] ?? relation?.held.find((each) => each.column === name)?.was,
      },
    ];
  });
  if (tooMany.length > 0) throw new ColumnsHeld(target.name, tooMany);
  const others = [...summary.columns].filter(([name]) => !judged.some((column) => column.name === name));
  return Math.max(0, ...others.map(([, cells]) => cells));
};

/** New holds are refusals, old ones are reminders. */
export const heldProblems = (
  target: string,
  held: readonly Held[],
  which: 'new' | 'old',
): readonly Problem[] =>
  held
    .filter(({ isNew }) => isNew === (which === 'new'))
    .map(({ column, since, reason, by }) => ({
      code: 'column_held',
      severity: which === 'new' ? 'error' : 'warning',
      message:
        which === 'new'
          ? `target \`${target}\`: column \`${column}\` is held as it is: ${reason}; the rest of the target goes on`
          : `target \`${target}\`: column \`${column}\` is held since batch ${since}: ${reason}`,
      hint: `\`tidemark reconcile -s ${target} --column ${column}\` backfills it${by === undefined ? '' : `, as the next run does after \`tidemark release ${by}\``}`,
      details: { relation: target, column, since, reason },
    }));
