// The schema of the sample shop's dictionary in the language server that editors use.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeShopFile } from '../../scripts/shop/shop-file.ts';
import { writeEditorSchema } from '../../src/batch/editor-schema.ts';
import { readProject } from '../../src/project/read-project.ts';
import { LanguageServer } from '../support/language-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-editor-'));
const mappings = join(folder, 'mappings');
const file = (name: string): string => join(mappings, name);
const project = () => readProject({ directory: folder, variables: {} });
const server = new LanguageServer(folder);

const modeline = '# yaml-language-server: $schema=tidemark.schema.json\n';

beforeAll(async () => {
  await makeShopFile({ path: join(folder, 'shop.duckdb'), scale: { companies: 20, sales: 20 } });
  cpSync(fileURLToPath(new URL('../../mappings', import.meta.url)), mappings, { recursive: true });
  writeFileSync(
    join(folder, 'tidemark.yml'),
    'version: 1\nname: shop\nwarehouse: { type: duckdb, path: shop.duckdb }\n',
  );
  await writeEditorSchema({ project: project() });
  await server.start(folder);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const vendor = (columns: string): string =>
  `${modeline}target: fact_vendor
key: vendor_id
from: companies
join: { countries: companies.country_id = countries.id }
columns:
${columns}`;

describe('an editor', () => {
  it('underlines nothing in the mappings of the shop', async () => {
    const names = readdirSync(mappings).filter((name) => name.endsWith('.yml'));
    const found: Record<string, unknown> = {};
    for (const name of names) {
      const diagnostics = await server.open(file(name), readFileSync(file(name), 'utf8'));
      if (diagnostics.length > 0)
        found[name] = diagnostics.map(({ message, range }) => [range.start, message]);
    }
    expect(names.length).toBeGreaterThan(10);
    expect(found).toEqual({});
  });

  it('completes the columns of a source, of the target, and names of relations', async () => {
    const path = file('complete.yml');
    await server.open(path, vendor('  vendor_id: companies.id\n  vendor_name: companies.\n  '));
    const columns = await server.complete(path, 7, 25);
    expect(columns.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['companies.name', 'companies.country_id', 'countries.name']),
    );
    expect(JSON.stringify(columns.find(({ label }) => label === 'companies.name'))).toContain('VARCHAR');
    const own = await server.complete(path, 8, 2);
    expect(own.map(({ label }) => label)).toEqual(expect.arrayContaining(['country', 'employee_count']));
    const from = file('from.yml');
    await server.open(from, `${modeline}target: fact_new\nfrom: \n`);
    expect((await server.complete(from, 2, 6)).map(({ label }) => label)).toEqual(
      expect.arrayContaining(['companies', 'fact_vendor']),
    );
  });

  it('shows the type of a column under the pointer', async () => {
    const path = file('hover.yml');
    await server.open(
      path,
      vendor('  vendor_id: companies.id\n  employee_count: companies.employee_count\n'),
    );
    expect(await server.hover(path, 7, 4)).toContain('INTEGER');
    expect(await server.hover(path, 3, 1)).toContain('the grain');
  });

  it.each([
    ['an unknown column of a source', '  vendor_id: companies.id\n  vendor_name: companies.nmae\n', 7],
    ['an unknown column of the target', '  vendor_id: companies.id\n  vendor_nmae: companies.name\n', 7],
    ['an unknown key', '  vendor_id: companies.id\non_delte: keep\n', 7],
  ])('underlines %s', async (name, columns, line) => {
    const diagnostics = await server.open(file(`${name.replaceAll(' ', '-')}.yml`), vendor(columns));
    expect(diagnostics.map(({ range }) => range.start.line)).toEqual([line]);
  });

  it('completes and underlines in a file of a target that no file maps yet', async () => {
    const path = file('new.yml');
    const text = `${modeline}target: fact_new\nkey: id\nfrom: users\ncolumns:\n  id: users.\n  name: users.nmae\n`;
    const diagnostics = await server.open(path, text);
    expect(diagnostics.map(({ range }) => range.start.line)).toEqual([6]);
    expect((await server.complete(path, 5, 12)).map(({ label }) => label)).toContain('users.email');
  });

  it('does not mind longer SQL', async () => {
    const columns = `  vendor_id: companies.id
  vendor_name: upper(trim(companies.name))
  country: "coalesce(countries.name, 'unknown')"
  employee_count: 0
`;
    expect(await server.open(file('sql.yml'), vendor(columns))).toEqual([]);
  });
});

describe('the modeline', () => {
  it('stands once, in front, and leaves the rest as it is', async () => {
    const path = file('fact_vendor.yml');
    const before = readFileSync(path, 'utf8');
    expect(before.startsWith(modeline)).toBe(true);
    const again = await writeEditorSchema({ project: project() });
    expect(again).toMatchObject({ file: 'mappings/tidemark.schema.json', modelines: [], others: [] });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('keeps line ends, goes into folders below, leaves that of others alone, and is not written on demand', async () => {
    const text = 'target: fact_user\r\nkey: user_id\r\nfrom: users\r\ncolumns: { user_id: users.id }\r\n';
    rmSync(file('fact_user.yml'));
    cpSync(file('fact_vendor.yml'), file('kept.txt'));
    const below = file('more/fact_user.yml');
    cpSync(file('kept.txt'), below);
    writeFileSync(below, text);
    await writeEditorSchema({ project: project(), modeline: false });
    expect(readFileSync(below, 'utf8')).toBe(text);
    await writeEditorSchema({ project: project() });
    expect(readFileSync(below, 'utf8')).toBe(
      `# yaml-language-server: $schema=../tidemark.schema.json\r\n${text}`,
    );
    const other = `# yaml-language-server: $schema=https://example.com/x.json\n${text}`;
    writeFileSync(below, other);
    expect((await writeEditorSchema({ project: project() })).others).toEqual(['mappings/more/fact_user.yml']);
    expect(readFileSync(below, 'utf8')).toBe(other);
  });
});
