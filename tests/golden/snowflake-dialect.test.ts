// The dialect's answers as Snowflake gets them: reviewed like code, and parsed under a grammar that is not ours
// (`npm run test:snowflake`).
import { expect, it } from 'vitest';
import { id, sql, table, type Fragment } from '../../src/sql/fragment.ts';
import { tableName } from '../../src/sql/table-name.ts';
import { snowflakeDialect as dialect } from '../../src/warehouse/snowflake/dialect.ts';
import { introspectSnowflake, readSizes, tablesInSchema } from '../../src/warehouse/snowflake/introspect.ts';
import type { Session } from '../../src/warehouse/port.ts';
import { sessionStatements, usualLimits } from '../../src/warehouse/snowflake/session-parameters.ts';

const types = [
  'NUMBER(38,0)',
  'NUMBER(9,0)',
  'NUMBER(12,4)',
  'FLOAT',
  'BOOLEAN',
  'VARCHAR(20)',
  'BINARY(8388608)',
  'DATE',
  'TIME(9)',
  'TIMESTAMP_NTZ(6)',
  'TIMESTAMP_NTZ(9)',
  'TIMESTAMP_LTZ(9)',
  'TIMESTAMP_TZ(9)',
  'VARIANT',
];

const value = id('q', 'V');
const other = id('q', 'W');
const text = id('q', 'T');
const member = { name: 'o\'dd "name"', place: 0 };

const ofType = (type: string): Readonly<Record<string, Fragment | undefined>> => ({
  differs: dialect.differs(value, other, type),
  nearlySame: dialect.nearlySame(value, other, type),
  convert: dialect.convert(value, type),
  canRead: dialect.canRead?.(value, type),
  jsonValue: dialect.jsonValue(value, type),
  fromJsonText: dialect.fromJsonText(text, type),
  tryConvert: dialect.tryConvert(text, type),
});

const objects = (type: string): Readonly<Record<string, Fragment>> => {
  const opened = id('q', 'O');
  return {
    open: dialect.json.open(value, type, [member.name]),
    isObject: dialect.json.isObject(opened),
    isBroken: dialect.json.isBroken(value, type, opened),
    has: dialect.json.has(opened, member),
    isNumber: dialect.json.isNumber(opened, member),
    text: dialect.json.text(opened, member, { column: value, type: 'NUMBER(12,4)' }),
    'text of JSON': dialect.json.text(opened, member, { column: value, type: 'VARIANT' }),
  };
};

const others: Readonly<Record<string, Fragment>> = {
  sameKey: dialect.sameKey(value, other, false),
  'sameKey of a key that may be NULL': dialect.sameKey(value, other, true),
  instantOf: dialect.instantOf(value),
  last: dialect.last(value, 'NUMBER(38,0)', { where: sql`${other} > 0`, order: id('q', 'PLACE') }),
  jsonText: dialect.jsonText(text, member.name),
  jsonHas: dialect.jsonHas(text, member.name),
  digest: dialect.digest([value, other]),
  'digest of nothing': dialect.digest([]),
  part: dialect.part([value, other], 16),
  clock: dialect.clock(),
  minus: dialect.minus(value, 86_400_000),
};

/** What the catalog is asked, caught before it is sent. */
const caught = async (ask: (session: Session) => Promise<unknown>): Promise<readonly Fragment[]> => {
  const sent: Fragment[] = [];
  const row = { sch: 'MARTS', tab: 'T', kind: 'BASE TABLE', definition: null };
  await ask({
    rows: (statement) => {
      sent.push(statement as Fragment);
      return Promise.resolve(sent.length === 1 ? [row as never] : []);
    },
    execute: () => Promise.resolve(0),
  });
  return sent;
};

const scratch = tableName('TIDEMARK_SCRATCH', 'tm_0a_1_images');

const statements = async (): Promise<readonly (readonly [what: string, statement: Fragment])[]> => {
  const select = (what: string, fragments: Readonly<Record<string, Fragment | undefined>>) =>
    Object.entries(fragments).flatMap(([name, fragment]) =>
      fragment === undefined
        ? []
        : [
            [
              `${what}${name}`,
              sql`select ${fragment} as v from ${table(tableName('MARTS', 'T'))} as q`,
            ] as const,
          ],
    );
  const infos = await caught((session) =>
    introspectSnowflake(session, [tableName('MARTS', 'T'), tableName('STAGING', 'V')]),
  );
  const elsewhere = await caught((session) =>
    introspectSnowflake(session, [tableName('MARTS', 'T', 'OTHER')]),
  );
  const listed = await caught((session) => tablesInSchema(session, { schema: 'MARTS' }));
  const listedElsewhere = await caught((session) =>
    tablesInSchema(session, { schema: 'MARTS', database: 'OTHER' }),
  );
  const sized = await caught((session) => readSizes(session, [tableName('MARTS', 'T')]));
  return [
    ...sessionStatements(usualLimits).map((each) => ['a session', sql.raw(each)] as const),
    ...[...infos, ...elsewhere, ...listed, ...listedElsewhere, ...sized].map(
      (each) => ['the catalog', each] as const,
    ),
    [
      'createScratch',
      dialect.createScratch(
        scratch,
        types.map((type, place) => ({ name: `c${place}`, type })),
      ),
    ],
    ['analyze', dialect.analyze(scratch)],
    ['dropScratch', dialect.dropScratch(scratch)],
    ...select('', others),
    ...types.flatMap((type) => select(`${type}: `, ofType(type))),
    ...['VARIANT', 'VARCHAR(20)'].flatMap((type) => select(`an object in ${type}: `, objects(type))),
  ];
};

it('the statements of the dialect are as agreed', async () => {
  const all = await statements();
  const shown = all.map(([what, statement]) => `-- ${what}\n${dialect.compile(statement).sql};\n`);
  await expect(shown.join('\n')).toMatchFileSnapshot('snowflake-dialect.sql');
});
