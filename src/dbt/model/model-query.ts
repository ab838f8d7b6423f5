// A dbt model's compiled SQL made ready to be computed: its tables are relations that a batch fills in, and for each
// of them it is known by which query the rows are found that a change of theirs may touch, or why that is not known.
import { bindQuery } from '../lineage/bind-query.ts';
import { jsonAt, listOf, nodeOf } from '../lineage/node.ts';
import type { SqlDialect } from '../lineage/names.ts';
import { outputNames, type Query } from '../lineage/query.ts';
import type { SqlParser } from '../lineage/sql-parser.ts';
import { trace, type TracedQuery } from '../lineage/trace.ts';
import { changedRows } from './changed-rows.ts';
import { close, readingsOf, Untraceable, type Closing, type Meant, type NamedTable } from './close-query.ts';
import { markedName, relationOfMark, unionAllOf, type Piece } from './pieces.ts';
import { relationsIn } from './relations-in.ts';
import { unsteadyIn, type Steadiness, type Unsteady } from './unsteady.ts';

interface ReadRelation {
  /** In the order of its table: what a star stands for. */
  readonly columns: readonly string[];
  /** Those that decide something. */
  readonly reads: ReadonlySet<string>;
  /** Why a change of it does not say which rows it touches: everything is compared then. */
  readonly untraced?: string | undefined;
}

/** Which columns decide what of the model. */
interface ModelInfluence {
  readonly relation: string;
  readonly column: string;
  readonly how: 'direct' | 'expression' | 'join' | 'filter';
  /** None: which rows there are. */
  readonly decides: string | undefined;
}

export interface ModelQuery {
  /** The node of dbt. */
  readonly node: string;
  /** The whole of it, over relations as they will be. */
  readonly sql: readonly Piece[];
  /** Key values, under the names of the key, and the number of the change, of rows that may differ. */
  readonly changed: readonly Piece[] | undefined;
  readonly relations: ReadonlyMap<string, ReadRelation>;
  readonly columns: readonly string[];
  readonly influences: readonly ModelInfluence[];
}

export interface ModelQuestion {
  readonly node: string;
  readonly sql: string;
  readonly dialect: SqlDialect;
  readonly key: readonly string[];
  /** The columns of the table that dbt builds of it, where it is there. */
  readonly builds?: readonly string[] | undefined;
  readonly meaningOf: (table: NamedTable, parser: SqlParser) => Meant;
  readonly columnsOf: (relation: string) => readonly string[];
  readonly keyOf: (relation: string) => readonly string[];
  readonly steadiness: Steadiness;
}

export type ModelProblem = { readonly kind: 'unreadable'; readonly reason: string } | Unsteady;

export type ModelAnswer = { readonly query: ModelQuery } | { readonly problem: ModelProblem };

const unreadable = (reason: string): ModelAnswer => ({ problem: { kind: 'unreadable', reason } });

/** A sub-query and a table, as the parser writes them. */
export const shapesOf = (parser: SqlParser, dialect: SqlDialect): Closing['shapes'] | undefined => {
  const parsed = parser.parse('select * from (select 1 as one) as x, y as z', dialect);
  if ('problem' in parsed) return undefined;
  const body = nodeOf(parsed.tree)?.body;
  const [first, second] = listOf(body === undefined ? [] : jsonAt(body, 'from')?.['expressions']);
  const [subquery, table] = [nodeOf(first), nodeOf(second)];
  return subquery?.kind === 'subquery' && table?.kind === 'table'
    ? { subquery: subquery.body, table: table.body }
    : undefined;
};

/** Where it begins stays: the parser's places count from there. */
const withoutEnd = (sql: string): string => sql.trimEnd().replace(/;+$/, '');

/** The text, with what stands for its tables in their places; a model in between is its own text. */
const piecesOf = (
  sql: string,
  tree: unknown,
  question: ModelQuestion,
  parser: SqlParser,
): readonly Piece[] => {
  const readings = readingsOf(tree, question.dialect)
    .map((reading) => {
      if (reading.span === undefined)
        throw new Untraceable(`where it names \`${reading.table.name}\` is not known`);
      return { ...reading, span: reading.span };
    })
    .toSorted((left, right) => left.span.start - right.span.start);
  // Places are counted in characters, not in UTF-16 units.
  const characters = Array.from(sql);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { table, span, hasAlias } of readings) {
    const meant = question.meaningOf(table, parser);
    if (meant.kind === 'unknown') throw new Untraceable(meant.reason);
    pieces.push(characters.slice(at, span.start).join(''));
    if (meant.kind === 'relation') pieces.push({ relation: meant.relation, as: 'after' });
    else pieces.push('(', ...piecesOf(withoutEnd(meant.sql), meant.tree, question, parser), '\n)');
    if (!hasAlias) pieces.push(` as "${table.name.replaceAll('"', '""')}"`);
    at = span.end;
  }
  return [...pieces, characters.slice(at).join('')];
};

const influencesOf = (
  { columns, deciders }: TracedQuery,
  names: readonly string[],
): readonly ModelInfluence[] => [
  ...columns.flatMap(({ inputs, as }, place) =>
    inputs.map(({ table, column }): ModelInfluence => ({
      relation: relationOfMark(table.name) ?? table.name,
      column,
      how: as === 'direct' ? 'direct' : 'expression',
      decides: names[place],
    })),
  ),
  ...deciders.map(({ how, source }): ModelInfluence => ({
    relation: relationOfMark(source.table.name) ?? source.table.name,
    column: source.column,
    how: how === 'join' ? 'join' : 'filter',
    decides: undefined,
  })),
];

interface Tracing {
  readonly query: Query;
  readonly names: readonly string[];
  readonly question: ModelQuestion;
  readonly parser: SqlParser;
}

const longest = 200_000;

/** How the key's rows are found from the changes of these relations; or why they cannot be. */
const findRows = (
  { query, names, question, parser }: Tracing,
  relations: ReadonlySet<string>,
): readonly Piece[] | string => {
  const wanted = question.key.map((as) => ({ place: names.indexOf(as), as }));
  const known = new Map<unknown, string | undefined>();
  try {
    const arms = changedRows(query, wanted, {
      relations: new Set([...relations].map(markedName)),
      keyOf: (relation) => question.keyOf(relationOfMark(relation) ?? relation),
      print: (node) => {
        if (!known.has(node)) known.set(node, parser.print(node, question.dialect));
        return known.get(node);
      },
    });
    const pieces = unionAllOf(arms);
    const length = pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 0), 0);
    if (length > longest) return 'finding its rows would take too long a query';
    return pieces.map((piece) =>
      typeof piece === 'string'
        ? piece
        : { ...piece, relation: relationOfMark(piece.relation) ?? piece.relation },
    );
  } catch (error) {
    if (error instanceof Untraceable) return error.message;
    throw error;
  }
};

/** Those that can be traced one by one, and together. */
const findAll = (tracing: Tracing, relations: readonly string[]) => {
  const reasons = new Map<string, string>();
  for (const relation of relations) {
    const found = findRows(tracing, new Set([relation]));
    if (typeof found === 'string') reasons.set(relation, found);
  }
  const traced = relations.filter((relation) => !reasons.has(relation));
  const together = findRows(tracing, new Set(traced));
  if (typeof together !== 'string') return { reasons, changed: together.length === 0 ? undefined : together };
  for (const relation of traced) reasons.set(relation, together);
  return { reasons, changed: undefined };
};

const readsOf = (
  relation: string,
  influences: readonly ModelInfluence[],
  isWhole: boolean,
  columns: readonly string[],
): ReadonlySet<string> =>
  isWhole
    ? new Set(influences.filter((each) => each.relation === relation).map(({ column }) => column))
    : new Set(columns);

/** The names of its columns: the table's own, where its SQL leaves them unnamed. */
const namesOf = (query: Query, builds: readonly string[] | undefined): readonly string[] | undefined => {
  const names = outputNames(query);
  const fits = builds !== undefined && builds.length === names?.length;
  const all = names?.map((name, place) => {
    const built = fits ? builds[place] : undefined;
    return built ?? name;
  });
  return all?.every((name) => name !== undefined) === true ? all : undefined;
};

const ready = (question: ModelQuestion, parser: SqlParser): ModelAnswer => {
  const { dialect } = question;
  const sql = withoutEnd(question.sql);
  const parsed = parser.parse(sql, dialect);
  if ('problem' in parsed) return unreadable(parsed.problem);
  const shapes = shapesOf(parser, dialect);
  if (shapes === undefined) return unreadable('the parser is another than the one that is known');
  const meaningOf = (table: NamedTable): Meant => question.meaningOf(table, parser);
  const pieces = piecesOf(sql, parsed.tree, question, parser);
  const closing: Closing = { dialect, meaningOf, shapes };
  const { tree, why } = closed(parsed.tree, closing);
  const unsteady = unsteadyIn(tree, question.steadiness);
  if (unsteady !== undefined) return { problem: unsteady };
  const columnsOf = ({ name }: { readonly name: string }) => {
    const relation = relationOfMark(name);
    return relation === undefined ? undefined : question.columnsOf(relation);
  };
  const query = bindQuery(tree, { dialect, columnsOf, ctes: new Map(), scopes: [], bind: bindQuery });
  const names = namesOf(query, question.builds);
  const read = new Set(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.relation])));
  const traced = trace(query, dialect);
  const influences = influencesOf(traced, names ?? []);
  const isWhole =
    traced.problem === undefined && traced.columns.every(({ problem }) => problem === undefined);
  const asked = why ?? whyNot(query, names, question);
  const { reasons, changed } =
    asked === undefined && names !== undefined
      ? findAll({ query, names, question, parser }, [...read])
      : { reasons: new Map([...read].map((relation) => [relation, asked ?? ''])), changed: undefined };
  return {
    query: {
      node: question.node,
      sql: pieces,
      changed,
      relations: new Map(
        [...read].map((relation) => {
          const columns = question.columnsOf(relation);
          const reads = readsOf(relation, influences, isWhole && relationsIn(query).size > 0, columns);
          return [relation, { columns, reads, untraced: reasons.get(relation) }];
        }),
      ),
      columns: names ?? question.builds ?? [],
      influences,
    },
  };
};

const closed = (tree: unknown, closing: Closing): { readonly tree: unknown; readonly why?: string } => {
  try {
    return { tree: close(tree, new Map(), closing) };
  } catch (error) {
    if (error instanceof Untraceable) return { tree, why: error.message };
    throw error;
  }
};

const whyNot = (
  query: Query,
  names: readonly string[] | undefined,
  question: ModelQuestion,
): string | undefined => {
  if (query.kind === 'unread') return query.reason;
  if (names === undefined) return 'the names of its columns are not known';
  const lacking = question.key.find((name) => !names.includes(name));
  return lacking === undefined ? undefined : `the key column \`${lacking}\` is none of its columns`;
};

export const readModel = (question: ModelQuestion, parser: SqlParser): ModelAnswer => {
  try {
    return ready(question, parser);
  } catch (error) {
    if (error instanceof Untraceable) return unreadable(error.message);
    throw error;
  }
};
