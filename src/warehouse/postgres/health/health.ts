// The condition of a Postgres server as far as it concerns us: version, rights, indexes, locks, time limits.
import { sql } from '../../../sql/fragment.ts';
import { showTable } from '../../../sql/table-name.ts';
import type { Finding, HealthQuestion, TableUse } from '../../health.ts';
import type { Session } from '../../port.ts';
import { bloat } from './bloat.ts';
import { hidden } from './hidden.ts';
import { quotedName, quotedTable } from './names.ts';
import { planFinding } from './plans.ts';
import { tryRights } from './trials.ts';

const oldest = 14;
const newest = 18;

const version = async (session: Session): Promise<readonly Finding[]> => {
  const [row] = await session.rows<{ number: string; text: string }>(
    sql`select current_setting('server_version_num') as number, current_setting('server_version') as text`,
  );
  const major = Math.floor(Number(row?.number ?? 0) / 10_000);
  const found = { check: 'version', evidence: `Postgres ${row?.text ?? 'unknown'}` };
  if (major < oldest)
    return [
      {
        ...found,
        severity: 'error',
        message: `tidemark works with Postgres ${oldest} to ${newest}`,
        fix: 'upgrade the server',
      },
    ];
  return major > newest
    ? [
        {
          ...found,
          severity: 'notice',
          message: `tidemark was tried with Postgres ${oldest} to ${newest} only`,
        },
      ]
    : [{ ...found, severity: 'fine', message: 'the server is of a version that tidemark works with' }];
};

interface Right {
  readonly n: number;
  readonly usage: boolean;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly rows: number;
  readonly me: string;
}

/** Rights are asked of the server; a table that is not there is no affair of this check. */
const rightsOf = (session: Session, tables: readonly TableUse[]): Promise<readonly Right[]> => {
  const list = tables.map(({ table }, n) => ({ n, sch: table.schema, tab: table.name }));
  return session.rows<Right>(sql`select w.n, current_user as me,
  has_schema_privilege(s.oid, 'USAGE') as usage, has_table_privilege(c.oid, 'SELECT') as reads,
  has_table_privilege(c.oid, 'INSERT') and has_table_privilege(c.oid, 'UPDATE') and has_table_privilege(c.oid, 'DELETE') as writes,
  cast(greatest(c.reltuples, 0) as int) as rows
from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(n int, sch text, tab text)
join pg_namespace s on s.nspname = w.sch join pg_class c on c.relnamespace = s.oid and c.relname = w.tab
where c.relkind in ('r', 'p', 'f', 'v', 'm') order by w.n`);
};

/** As it stands in dbt_project.yml, or in the model's own config. */
const dbtGrants = (role: string): string =>
  `+grants: { ${['select', 'insert', 'update', 'delete'].map((right) => `${right}: [${JSON.stringify(role)}]`).join(', ')} }`;

const rightFindings = (use: TableUse, right: Right): readonly Finding[] => {
  const shown = showTable(use.table);
  const role = quotedName(right.me);
  const lacks = (message: string, fix: string): Finding => ({
    check: 'rights',
    severity: 'error',
    message,
    evidence: `role \`${right.me}\``,
    fix,
  });
  if (!right.usage)
    return [
      lacks(
        `${use.what}: no right to the schema of \`${shown}\``,
        `grant usage on schema ${quotedName(use.table.schema)} to ${role};`,
      ),
    ];
  return [
    ...(right.reads
      ? []
      : [
          lacks(
            `${use.what}: no right to read \`${shown}\``,
            `grant select on ${quotedTable(use.table)} to ${role};`,
          ),
        ]),
    ...(right.writes || !use.writes
      ? []
      : [
          lacks(
            `${use.what}: no right to write \`${shown}\`; does dbt make it anew without \`+grants\`?`,
            `grant select, insert, update, delete on ${quotedTable(use.table)} to ${role}; -- and in dbt, so that it lasts: ${dbtGrants(right.me)}`,
          ),
        ]),
  ];
};

/** Where schemas of ours are yet to be made, the database must let us; where they are, they must. */
const schemaRights = async (session: Session, schemas: readonly string[]): Promise<readonly Finding[]> => {
  const rows = await session.rows<{ name: string; made: boolean; may: boolean; me: string; db: string }>(
    sql`select w.name, s.oid is not null as made, current_user as me, current_database() as db,
  coalesce(has_schema_privilege(s.oid, 'CREATE'), has_database_privilege(current_database(), 'CREATE')) as may
from json_array_elements_text(cast(${JSON.stringify(schemas)} as json)) as w(name) left join pg_namespace s on s.nspname = w.name`,
  );
  return rows
    .filter(({ may }) => !may)
    .map(({ name, made, me, db }) => ({
      check: 'rights',
      severity: 'error',
      message: made
        ? `no right to make tables in schema \`${name}\``
        : `schema \`${name}\` is not there, and we may not make it`,
      evidence: `role \`${me}\``,
      fix: made
        ? `grant usage, create on schema ${quotedName(name)} to ${quotedName(me)};`
        : `create schema ${quotedName(name)} authorization ${quotedName(me)}; -- or: grant create on database ${quotedName(db)} to ${quotedName(me)};`,
    }));
};

/** Below this a scan costs no more than an index. */
const smallRows = 20_000;

const leadingIndexes = async (
  session: Session,
  { table }: TableUse,
): Promise<readonly (readonly string[])[]> => {
  const rows = await session.rows<{
    columns: string;
  }>(sql`select json_agg(a.attname order by k.place) as columns
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace s on s.oid = c.relnamespace
cross join unnest(cast(i.indkey as int2[])) with ordinality as k(attnum, place)
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
where s.nspname = ${table.schema} and c.relname = ${table.name} and i.indisvalid and i.indpred is null and k.place <= i.indnkeyatts
group by i.indexrelid`);
  return rows.map(({ columns }) => JSON.parse(columns) as readonly string[]);
};

const answers = (index: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((column) => index.slice(0, wanted.length).includes(column));

const indexFindings = async (session: Session, use: TableUse, rows: number): Promise<readonly Finding[]> => {
  if (rows < smallRows || use.lookups.length === 0) return [];
  const indexes = await leadingIndexes(session, use);
  const led = use.lookups.filter(({ columns }) => indexes.some((index) => answers(index, columns)));
  const plans: Finding[] = [];
  for (const [column] of led.filter(({ columns }) => columns.length === 1).map(({ columns }) => columns)) {
    const found = column === undefined ? undefined : await planFinding(session, use, column, rows);
    if (found !== undefined) plans.push(found);
  }
  const missing = use.lookups
    .filter((lookup) => !led.includes(lookup))
    .map(({ columns, why }): Finding => ({
      check: 'indexes',
      severity: 'warning',
      message: `${use.what}: no index of \`${showTable(use.table)}\` leads with ${columns.map((name) => `\`${name}\``).join(', ')}: ${why}`,
      evidence: `about ${rows.toLocaleString('en-US')} rows are read whole instead`,
      fix: `create index concurrently on ${quotedTable(use.table)} (${columns.map(quotedName).join(', ')});`,
    }));
  return [...missing, ...plans];
};

/** Whoever holds a lock on a table of ours for long keeps every commit waiting. */
const locks = async (
  session: Session,
  { tables, lockedForMs }: HealthQuestion,
): Promise<readonly Finding[]> => {
  const list = tables.map(({ table }) => ({ sch: table.schema, tab: table.name }));
  const rows = await session.rows<{ pid: number; name: string; who: string; state: string; age: string }>(
    sql`select distinct a.pid, w.sch || '.' || w.tab as name, coalesce(a.application_name, '') as who, a.state,
  cast(date_trunc('second', clock_timestamp() - a.xact_start) as varchar) as age
from json_to_recordset(cast(${JSON.stringify(list)} as json)) as w(sch text, tab text)
join pg_namespace s on s.nspname = w.sch join pg_class c on c.relnamespace = s.oid and c.relname = w.tab
join pg_locks l on l.relation = c.oid and l.granted and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock', 'ShareLock')
join pg_stat_activity a on a.pid = l.pid
where a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - cast(${lockedForMs} as double precision) * interval '1 millisecond' order by 2, 1`,
  );
  return rows.map(({ pid, name, who, state, age }) => ({
    check: 'locks',
    severity: 'warning',
    message: `\`${name}\` is locked for writing by process ${pid}${who === '' ? '' : ` (${who})`}, ${state}, for ${age}`,
    evidence: 'pg_locks',
    fix: `select pg_terminate_backend(${pid});`,
  }));
};

const shortLimitMs = 60_000;

const limits = async (session: Session): Promise<readonly Finding[]> => {
  const [row] = await session.rows<{ ms: string; me: string }>(
    sql`select (select setting from pg_settings where name = 'statement_timeout') as ms, current_user as me`,
  );
  const ms = Number(row?.ms ?? 0);
  if (ms === 0 || ms >= shortLimitMs) return [];
  return [
    {
      check: 'limits',
      severity: 'warning',
      message:
        'statements of this role are cut off early: a first run or a reconcile of a large table may not end',
      evidence: `statement_timeout is ${ms} ms`,
      fix: `alter role ${quotedName(row?.me ?? '')} set statement_timeout = '15min';`,
    },
  ];
};

export const postgresHealth = async (
  session: Session,
  asked: HealthQuestion,
  /** Statements of a transaction that the caller begins and ends. */
  plain: Session,
): Promise<readonly Finding[]> => {
  const schemas = await schemaRights(session, asked.schemas);
  const findings: Finding[] = [...(await version(session)), ...schemas];
  const lacking = new Set(schemas.length === 0 ? [] : asked.schemas);
  for (const right of await rightsOf(session, asked.tables)) {
    const use = asked.tables[right.n];
    if (use === undefined) continue;
    const rights = rightFindings(use, right);
    if (rights.length > 0) lacking.add(use.what);
    findings.push(...rights, ...(rights.length > 0 ? [] : await indexFindings(session, use, right.rows)));
  }
  return [
    ...findings,
    ...(await hidden(session, asked.tables)),
    ...(await tryRights(plain, asked, lacking)),
    ...(await bloat(session, asked)),
    ...(await locks(session, asked)),
    ...(await limits(session)),
  ];
};
