// The project file: what it says, and every mistake in it by code, place and sentence.
import { describe, expect, it } from 'vitest';
import { renderProblems } from '../../src/cli/render/diagnostics.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { ParsedProject } from '../../src/project/parse-project.ts';
import type { ErrorCode } from '../../src/errors/policy.ts';

interface Given {
  readonly environment?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A dbt project beside the project file. */
const dbtFiles: Readonly<Record<string, string>> = {
  '/shop/dbt_project.yml': 'name: shop\nprofile: shop\n',
  '/shop/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: dev.duckdb, schema: dbt_me }\n',
};

const parse = (text: string, given: Given = {}): ParsedProject =>
  parseProject({
    file: 'tidemark.yml',
    text,
    path: '/shop/tidemark.yml',
    directory: '/shop',
    variables: {},
    files: { read: (name) => dbtFiles[name], exists: (name) => name in dbtFiles },
    ...given,
  });

const head = 'version: 1\nname: shop\n';
const duckdb = `${head}warehouse: { type: duckdb, path: shop.duckdb }\n`;

const environments = `${head}limits: { floor: 7 }
schemas: { staging: stg }
environments:
  dev: { warehouse: { type: duckdb, path: dev.duckdb }, limits: { deletes: 1% }, mappings: maps }
  prod: { warehouse: { type: postgres, url: '\${PROD_URL}' }, schemas: { targets: lake.marts } }
  dbt: { warehouse: { dbt: ., target: dev }, manifest: target/manifest.json }
`;

describe('redact_key', () => {
  it('is a secret of its environment, long enough not to be guessed', () => {
    const key = { variables: { KEY: 'a secret of many characters' } };
    expect(parse(`${duckdb}redact_key: '\${KEY}'\n`, key).project?.redactKey).toBe(
      'a secret of many characters',
    );
    const { problems } = parse(`${duckdb}redact_key: 'short one'\n`);
    expect(problems.map(({ code }) => code)).toEqual(['wrong_type']);
    expect(renderProblems(problems)).not.toContain('short one');
  });
});

describe('a project', () => {
  it('as the documentation shows it', () => {
    const { project, problems } = parse(`version: 1
name: shop
warehouse:
  type: duckdb                 # duckdb | postgres | snowflake
  path: shop.duckdb            # postgres: url or host/port/user/password/database/ssl; snowflake: account, user, private_key_path …
schemas: { staging: staging, mirrors: staging_public, targets: marts, state: tidemark }     # each may be database.schema
mappings: mappings             # folder
limits: { deletes: 20%, touched: 50%, floor: 100 }
`);
    expect(problems).toEqual([]);
    expect(project).toEqual({
      name: 'shop',
      directory: '/shop',
      file: '/shop/tidemark.yml',
      environment: 'default',
      connection: { type: 'duckdb', path: '/shop/shop.duckdb' },
      schemas: {
        staging: { schema: 'staging' },
        mirrors: { schema: 'staging_public' },
        targets: { schema: 'marts' },
        state: { schema: 'tidemark' },
      },
      mappings: '/shop/mappings',
      limits: { deletesPercent: 20, touchedPercent: 50, floor: 100 },
    });
  });

  it('needs no more than a name and a warehouse', () => {
    expect(parse(duckdb).project).toEqual(
      parse(`${duckdb}mappings: ./mappings\nlimits: { floor: 100 }\n`).project,
    );
  });

  it('takes postgres by its parts, filled from variables', () => {
    const text = `${head}warehouse: { type: postgres, host: db, port: "\${PORT}", user: me, password: "\${PASS:-none}", database: shop, ssl: require }\n`;
    expect(parse(text, { variables: { PORT: '5433', PASS: "o'brien: #1" } }).project?.connection).toEqual({
      type: 'postgres',
      url: undefined,
      host: 'db',
      port: 5433,
      user: 'me',
      password: "o'brien: #1",
      database: 'shop',
      ssl: 'require',
    });
    expect(parse(text, { variables: { PORT: '5433', PASS: '' } }).project?.connection).toMatchObject({
      password: 'none',
    });
  });

  it('names schemas as in SQL', () => {
    expect(
      parse(`${duckdb}schemas: { staging: 'lake."odd schema"', targets: lake.marts }\n`).project?.schemas,
    ).toMatchObject({
      staging: { database: 'lake', schema: 'odd schema' },
      targets: { database: 'lake', schema: 'marts' },
    });
  });
});

describe('an environment', () => {
  it('may stand on the connection and the manifest of dbt', () => {
    expect(parse(environments, { environment: 'dbt' }).project).toMatchObject({
      connection: { type: 'duckdb', path: '/shop/dev.duckdb' },
      schemas: { targets: { schema: 'dbt_me' } },
      manifest: '/shop/target/manifest.json',
    });
  });

  it('lays its keys over those of the project', () => {
    expect(parse(environments, { environment: 'dev' }).project).toMatchObject({
      environment: 'dev',
      connection: { type: 'duckdb', path: '/shop/dev.duckdb' },
      schemas: { staging: { schema: 'stg' }, targets: { schema: 'marts' } },
      limits: { deletesPercent: 1, touchedPercent: 50, floor: 7 },
      mappings: '/shop/maps',
    });
    expect(
      parse(environments, { environment: 'prod', variables: { PROD_URL: 'postgres://db/shop' } }).project,
    ).toMatchObject({
      environment: 'prod',
      connection: { type: 'postgres', url: 'postgres://db/shop' },
      schemas: { staging: { schema: 'stg' }, targets: { database: 'lake', schema: 'marts' } },
    });
  });

  it('is the default one unless another is asked for', () => {
    expect(parse(`${environments}default_environment: dev\n`).project?.environment).toBe('dev');
  });

  it('that is not chosen may lack its variables and use what is not supported yet, but not be misspelt', () => {
    expect(parse(environments, { environment: 'dev' }).problems).toEqual([]);
    expect(
      parse(environments.replace('manifest', 'manifes'), { environment: 'dev' }).problems.map(
        ({ code }) => code,
      ),
    ).toEqual(['unknown_key']);
  });

  it.each<[string, Given, readonly ErrorCode[]]>([
    [environments, { environment: 'prod' }, ['missing_variable']],

    [environments, { environment: 'prd' }, ['unknown_environment']],
    [environments, {}, ['unknown_environment']],
    [`${environments}default_environment: prdo\n`, {}, ['unknown_environment']],
    [duckdb, { environment: 'dev' }, ['unknown_environment']],
    [`${duckdb}environments: [dev]\n`, {}, ['wrong_type']],
  ])('%#: is refused', (text, given, codes) => {
    expect(parse(text, given).problems.map(({ code }) => code)).toEqual(codes);
  });
});

describe('a mistake', () => {
  const cases: Readonly<Record<string, readonly [string, readonly ErrorCode[]]>> = {
    'broken YAML': [`${head}warehouse: { type: duckdb\n`, ['yaml_syntax']],
    'an empty file': ['# nothing yet\n', ['missing_key']],
    'a list': ['- a\n', ['wrong_type']],
    'everything missing': ['mappings: maps\n', ['missing_key', 'missing_key', 'missing_key']],
    'another version': [duckdb.replace('1', '2'), ['wrong_type']],
    'an unknown key': [`${duckdb}mapings: maps\n`, ['unknown_key']],
    'a key of later': [`${duckdb}clock_tolerance: 24h\n`, ['not_supported']],
    snowflake: [`${head}warehouse: { type: snowflake, account: a }\n`, ['missing_key']],
    'snowflake without an account': [`${head}warehouse: { type: snowflake, password: p }\n`, ['missing_key']],
    'a login that is none': [
      `${head}warehouse: { type: snowflake, account: a, authenticator: kerberos }\n`,
      ['wrong_type'],
    ],
    'a connection of a file that is not there': [
      `${head}warehouse: { type: snowflake, connection: prod }\n`,
      ['project_invalid'],
    ],
    'a ceiling of memory that is no size': [
      `${head}warehouse: { type: duckdb, path: a, memory_limit: much }\n`,
      ['wrong_type'],
    ],
    'a zone that there is not': [
      `${duckdb}schedule: { cron: '0 * * * *', timezone: Europe/Berln }\n`,
      ['wrong_type'],
    ],
    'no thread at all': [`${head}warehouse: { type: duckdb, path: a, threads: 0 }\n`, ['wrong_type']],
    'an unknown warehouse': [`${head}warehouse: { type: duckdbb }\n`, ['wrong_type']],
    'a warehouse that is a text': [`${head}warehouse: shop.duckdb\n`, ['wrong_type']],
    'no type': [`${head}warehouse: { path: shop.duckdb }\n`, ['missing_key']],
    'no path': [`${head}warehouse: { type: duckdb }\n`, ['missing_key']],
    'no host': [`${head}warehouse: { type: postgres, port: 5432 }\n`, ['missing_key']],
    'a port that is none': [`${head}warehouse: { type: postgres, host: db, port: http }\n`, ['wrong_type']],
    'ssl that is none': [`${head}warehouse: { type: postgres, host: db, ssl: yes }\n`, ['wrong_type']],
    'url and host': [
      `${head}warehouse: { type: postgres, url: postgres://db/shop, host: db }\n`,
      ['wrong_type'],
    ],
    'a missing variable': [
      `${head}warehouse: { type: duckdb, path: "data/\${SHOP_FILE}.duckdb" }\n`,
      ['missing_variable'],
    ],
    'a variable of no name': [
      `${head}warehouse: { type: duckdb, path: "data/\${}.duckdb" }\n`,
      ['missing_variable'],
    ],
    'a missing number': [
      `${head}warehouse: { type: postgres, host: db, port: "\${PORT}" }\n`,
      ['missing_variable'],
    ],
    'a schema that is none': [`${duckdb}schemas: { staging: a.b.c }\n`, ['wrong_type']],
    'mirrors among staging': [`${duckdb}schemas: { mirrors: staging }\n`, ['wrong_type']],
    'a limit beyond all rows': [`${duckdb}limits: { deletes: 200% }\n`, ['wrong_type']],
    'a key twice': [`${duckdb}name: other\n`, ['duplicate_key']],
    'several at once': [
      `${duckdb.replace('shop\n', '[]\n')}limits: { floor: many, touch: 5% }\nmapings: x\n`,
      ['wrong_type', 'unknown_key', 'wrong_type', 'unknown_key'],
    ],
  };

  it.each(Object.entries(cases))('%s', (_name, [text, codes]) => {
    const parsed = parse(text);
    expect(parsed.problems.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
    expect(parsed.project).toBeUndefined();
  });

  it('is worded as agreed', async () => {
    const text = Object.entries(cases).map(
      ([name, [given]]) => `# ${name}\n${renderProblems(parse(given).problems)}\n`,
    );
    await expect(text.join('\n')).toMatchFileSnapshot('./problems.golden.txt');
  });
});

describe('a secret', () => {
  it.each([
    ['beside a mistake', `${head}warehouse: { type: postgres, host: db, password: hunter2, prot: 1 }\n`],
    ['in quotes', `${head}warehouse: { type: postgres, host: db, password: "hunter2, or 3", prot: 1 }\n`],
    ['in an url', `${head}warehouse: { type: postgres, url: postgres://me:hunter2@db/shop, prot: 1 }\n`],
    ['in a default', `${head}warehouse: { type: postgres, host: db, password: "\${P:-hunter2}", prot: 1 }\n`],
    ['in broken YAML', `${head}warehouse: { type: postgres, password: hunter2: x\n`],
    [
      'on a line of its own',
      `${head}warehouse:\n  type: postgres\n  host: db\n  password: hunter2, and more\n  password: hunter2\n`,
    ],
    ['in a variable', `${head}warehouse: { type: "\${SECRET}", path: x }\nlimits: { floor: "\${SECRET}" }\n`],
  ])('%s is never shown', (_name, text) => {
    const { problems } = parse(text, { variables: { SECRET: 'hunter2' } });
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(renderProblems(problems)).not.toContain('hunter2');
  });

  it('that is hidden leaves the caret where it was', () => {
    const [problem] = parse(
      `${head}warehouse: { type: postgres, host: db, password: hunter2, prot: 1 }\n`,
    ).problems;
    expect(problem?.at).toMatchObject({ column: 59, length: 4 });
    expect(problem?.at?.source.slice(58, 62)).toBe('prot');
  });
});
