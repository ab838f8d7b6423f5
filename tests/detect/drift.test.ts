// Columns of staging against those of the mirror.
import { describe, expect, it } from 'vitest';
import { compareColumns, type TwoTables } from '../../src/detect/drift.ts';
import type { Column } from '../../src/sql/dialect.ts';
import { postgresBaseType } from '../../src/warehouse/postgres/base-type.ts';

/** `name type, …`. */
const columns = (text: string): readonly Column[] =>
  text.split(', ').map((column) => {
    const [name = '', type = ''] = column.split(' ');
    return { name, type, nullable: true };
  });

interface Case {
  readonly staging: string;
  /** Names that only the mirror has, for the resolver. */
  readonly gone?: string;
  readonly mirror: string;
  readonly renamed?: Readonly<Record<string, string>>;
  readonly before?: string;
}

const kinds = ({ staging, gone, mirror, renamed = {}, before = '' }: Case): readonly string[] => {
  const stored = columns(before);
  const tables: TwoTables = {
    columns: [...columns(staging), ...(gone === undefined ? [] : columns(gone))],
    staging: new Set(columns(staging).map(({ name }) => name)),
    mirror: columns(mirror),
    renamed: new Map(Object.entries(renamed)),
    typeBefore: (name) => stored.find((column) => column.name === name)?.type,
    baseType: postgresBaseType,
  };
  return compareColumns(tables).map(
    (drift) =>
      `${drift.kind} ${'from' in drift ? `${drift.from.name} ${drift.from.type} → ` : ''}${drift.column.name} ${drift.column.type}`,
  );
};

describe('compareColumns', () => {
  const cases: Readonly<Record<string, readonly [Case, readonly string[]]>> = {
    'finds nothing where nothing changed, in whatever order': [
      { staging: 'id bigint, name text', mirror: 'name text, id bigint' },
      [],
    ],
    'finds what came and what went': [
      { staging: 'id bigint, city text', gone: 'name text', mirror: 'id bigint, name text' },
      ['added city text', 'vanished name text'],
    ],
    'follows a name': [
      { staging: 'id bigint, title text', mirror: 'id bigint, name text', renamed: { title: 'name' } },
      ['renamed name text → title text'],
    ],
    'follows a name that got wider': [
      { staging: 'title bigint', mirror: 'name integer', renamed: { title: 'name' } },
      ['renamed name integer → title bigint', 'widened name integer → title bigint'],
    ],
    'needs no name that was followed before': [
      { staging: 'title text', mirror: 'title text', renamed: { title: 'name' } },
      [],
    ],
    'adds a column whose old name is nowhere': [
      { staging: 'title text', mirror: 'id bigint', renamed: { title: 'name' } },
      ['added title text'],
    ],
    'tells wider from other types': [
      { staging: 'a bigint, b integer', mirror: 'a integer, b bigint', before: 'a integer, b bigint' },
      ['widened a integer → a bigint', 'retyped b bigint → b integer'],
    ],
    'sees who changed a type': [
      { staging: 'a bigint, b text', mirror: 'a integer, b integer', before: 'a bigint, b integer' },
      ['altered a integer → a bigint', 'retyped b integer → b text'],
    ],
  };
  it.each(Object.entries(cases))('%s', (_name, [given, expected]) => {
    expect(kinds(given)).toEqual(expected);
  });
});
