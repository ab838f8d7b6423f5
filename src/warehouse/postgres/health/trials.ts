// Rights proven by using them: each write that a batch makes is tried on no row at all, in a transaction that is rolled
// back. So what policies, rules and owners forbid is found too, which no catalog says.
import { id, sql, table, type Fragment } from '../../../sql/fragment.ts';
import { showTable } from '../../../sql/table-name.ts';
import { isTidemarkError } from '../../../errors/tidemark-error.ts';
import type { Finding, HealthQuestion, TableUse } from '../../health.ts';
import type { Session } from '../../port.ts';
import { quotedName } from './names.ts';

interface Trial {
  readonly what: string;
  readonly statement: Fragment;
  readonly fix: string;
}

/** A column that a statement may set. */
const plainColumn = async (
  session: Session,
  { table: { schema, name } }: TableUse,
): Promise<string | undefined> => {
  const [row] = await session.rows<{ name: string }>(sql`select a.attname as name
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace s on s.oid = c.relnamespace
where s.nspname = ${schema} and c.relname = ${name} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = '' and a.attidentity = '' order by a.attnum limit 1`);
  return row?.name;
};

const trialsOf = (use: TableUse, column: string): readonly Trial[] => {
  const target = table(use.table);
  const name = id(column);
  const fix = `find what forbids it (a trigger, a policy, a rule): \\d ${showTable(use.table)} in psql`;
  return [
    {
      what: 'insert into',
      fix,
      statement: sql`insert into ${target} (${name}) select ${name} from ${target} where false`,
    },
    { what: 'update', fix, statement: sql`update ${target} set ${name} = ${name} where false` },
    { what: 'delete from', fix, statement: sql`delete from ${target} where false` },
  ];
};

/** Not those that the catalog says no to already. */
const tablesToTry = async (
  session: Session,
  uses: readonly TableUse[],
): Promise<readonly (readonly [TableUse, string])[]> => {
  const found: (readonly [TableUse, string])[] = [];
  for (const use of uses.filter(({ writes }) => writes)) {
    const column = await plainColumn(session, use);
    if (column !== undefined) found.push([use, column]);
  }
  return found;
};

const tried = async (
  session: Session,
  what: string,
  { statement, fix }: Trial,
): Promise<Finding | undefined> => {
  await session.execute(sql`savepoint trial`);
  try {
    await session.execute(statement);
    await session.execute(sql`release savepoint trial`);
    return undefined;
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    await session.execute(sql`rollback to savepoint trial`);
    // Whoever holds a lock just now forbids nothing.
    if (error.code === 'lock_timeout' || error.code === 'statement_timeout') return undefined;
    return {
      check: 'rights',
      severity: 'error',
      message: `${what}: ${error.message}`,
      evidence: 'tried in a transaction that was rolled back',
      fix,
    };
  }
};

const schemaTrial = (schema: string): Trial => ({
  what: 'make a table in',
  statement: sql`create table ${id(schema, 'tidemark_doctor_trial')} (n int)`,
  fix: `grant usage, create on schema ${quotedName(schema)} to current_user;`,
});

/** `lacking` are tables and schemas of which the catalog has told already. */
export const tryRights = async (
  session: Session,
  { tables, schemas }: HealthQuestion,
  lacking: ReadonlySet<string>,
): Promise<readonly Finding[]> => {
  const rows = await session.rows<{ name: string }>(
    sql`select nspname as name from pg_namespace where nspname in (${sql.join(['', ...schemas])})`,
  );
  const toTry = await tablesToTry(
    session,
    tables.filter(({ what }) => !lacking.has(what)),
  );
  const findings: Finding[] = [];
  await session.execute(sql`begin`);
  try {
    await session.execute(sql`set local lock_timeout = '1s'`);
    await session.execute(sql`set local statement_timeout = '5s'`);
    for (const { name } of rows) {
      const trial = schemaTrial(name);
      const found = lacking.has(name)
        ? undefined
        : await tried(session, `cannot ${trial.what} schema \`${name}\``, trial);
      if (found !== undefined) findings.push(found);
    }
    for (const [use, column] of toTry) {
      for (const trial of trialsOf(use, column)) {
        const found = await tried(
          session,
          `${use.what}: cannot ${trial.what} \`${showTable(use.table)}\``,
          trial,
        );
        if (found !== undefined) findings.push(found);
      }
    }
  } finally {
    await session.execute(sql`rollback`);
  }
  return findings;
};
