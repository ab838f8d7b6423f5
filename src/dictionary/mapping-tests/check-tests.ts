// The names that tests use, against the sources, targets and columns that there are.
import type { Problem } from '../../errors/tidemark-error.ts';
import { didYouMean, problem, quoted } from '../../project/problems.ts';
import type { MappingTest, TestRow, TestRows } from './mapping-test.ts';
import type { StagedRelation } from './staged-relation.ts';
import type { TestPart } from './test-group.ts';
import { relationNamed } from './test-group.ts';

export const checkTests = (part: TestPart): readonly Problem[] =>
  part.tests.flatMap((test) => [
    ...[test.given, ...test.when].flatMap((step) => step.flatMap((rows) => checkRows(rows, part))),
    ...checkExpected(test, part),
  ]);

const checkRows = (rows: TestRows, part: TestPart): readonly Problem[] => {
  const relation = relationNamed(part.relations, rows, part.target);
  if (relation === undefined) return [unread(rows, part)];
  if (relation.columns === undefined) return [notThere(rows, part)];
  return rows.rows.flatMap((row) => [...checkColumns(row, relation), ...checkKey(row, relation)]);
};

const unread = ({ relation }: TestRows, part: TestPart): Problem => {
  const names = [...part.relations.keys()];
  return problem(
    'unknown_source',
    relation.at,
    `rows are given of \`${relation.text}\`, which \`${part.target}\` does not read`,
    didYouMean(relation.text, names) ?? `it reads ${quoted(names.filter((name) => name !== part.target))}`,
  );
};

const notThere = ({ relation }: TestRows, part: TestPart): Problem =>
  problem(
    'unknown_table',
    relation.at,
    `rows are given of \`${part.target}\`, whose table does not exist yet`,
    'build it first, so that its columns and types are known',
  );

const unknown = (
  column: TestRow['cells'][number]['column'],
  owner: string,
  names: readonly string[],
): Problem =>
  problem(
    'unknown_column',
    column.at,
    `\`${owner}\` has no column \`${column.text}\``,
    didYouMean(column.text, names) ??
      (names.length === 0 || names.length > 12 ? undefined : `its columns: ${quoted(names)}`),
  );

const checkColumns = ({ cells }: TestRow, relation: StagedRelation): readonly Problem[] => {
  const names = relation.columns?.map(({ name }) => name) ?? [];
  return cells
    .filter(({ column }) => !names.includes(column.text))
    .map(({ column }) => unknown(column, relation.name, names));
};

const checkKey = ({ cells, at }: TestRow, relation: StagedRelation): readonly Problem[] => {
  const lacking = relation.key.filter((name) => cells.every(({ column }) => column.text !== name));
  return lacking.length === 0
    ? []
    : [
        problem(
          'missing_key',
          at,
          `a row of \`${relation.name}\` has no ${quoted(lacking)}`,
          'every row says its key: by it `when` is merged over `given`',
        ),
      ];
};

/** The columns of a target that is yet to be made are known when it was made. */
const checkExpected = (test: MappingTest, part: TestPart): readonly Problem[] => {
  const columns = part.relations.get(part.target)?.columns;
  if (columns === undefined) return [];
  const names = columns.map(({ name }) => name);
  return test.expect.flatMap(({ cells }) =>
    cells
      .filter(({ column }) => !names.includes(column.text))
      .map(({ column }) => unknown(column, part.target, names)),
  );
};
