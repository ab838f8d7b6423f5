// Columns that are copied as they are: their types tell without a warehouse what may not fit, and what cannot.
import type { Dictionary, MappedColumn, Target } from '../../dictionary/dictionary.ts';
import type { Problem } from '../../errors/tidemark-error.ts';
import { relationOf } from '../../graph/reads.ts';
import { problem } from '../../project/problems.ts';
import { misfit } from '../../reconcile/desired/fits.ts';
import type { Column } from '../../sql/dialect.ts';
import { sql } from '../../sql/fragment.ts';

type BaseType = (type: string) => string;

/** The one column that an expression is, if it is one and nothing else. */
const copied = ({ expression }: MappedColumn) => {
  const parts = expression.parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only : undefined;
};

const isMoment = (base: string): boolean => /^(date|timestamp)/.test(base);
const isNumber = (base: string): boolean =>
  /^(u?(tiny|small|big|huge)?int(eger)?|smallint|bigint|decimal|numeric|float|double|real)/.test(base);

/** No engine converts one into the other. */
const impossible = (was: string, is: string): boolean =>
  (isMoment(was) && (isNumber(is) || is === 'boolean')) ||
  (isMoment(is) && (isNumber(was) || was === 'boolean'));

const judge = (
  target: Target,
  column: MappedColumn,
  from: string,
  baseType: BaseType,
): readonly Problem[] => {
  const where = `\`${column.name}\` of \`${target.name}\``;
  const about = `${where} is \`${column.type}\` and is filled from \`${from}\``;
  const { at } = column.expression;
  if (impossible(baseType(from), baseType(column.type))) {
    return [problem('type_mismatch', at, about, 'convert it in the mapping, or map another column')];
  }
  const question = misfit({ baseType, canRead: () => sql`true` }, sql`null`, from, column.type);
  if (question === undefined) return [];
  const hint = 'how many rows would not fit, `tidemark validate` on the warehouse counts';
  return [{ ...problem('value_does_not_fit', at, about, hint), severity: 'warning' }];
};

export const checkCopies = (
  { sources, targets }: Dictionary,
  baseType: BaseType,
  selected: ReadonlySet<string>,
): readonly Problem[] => {
  const columns = new Map<string, readonly Column[]>([
    ...sources.map((source) => [source.name, source.columns] as const),
    ...targets.map((target) => [target.name, target.tableColumns] as const),
  ]);
  return targets
    .filter(({ name, exists }) => exists && selected.has(name))
    .flatMap((target) =>
      target.columns.flatMap((column) => {
        const ref = copied(column);
        if (ref === undefined) return [];
        const from = columns
          .get(relationOf(target, ref.alias))
          ?.find(({ name }) => name === ref.column)?.type;
        return from === undefined || from === '' || column.type === ''
          ? []
          : judge(target, column, from, baseType);
      }),
    );
};
