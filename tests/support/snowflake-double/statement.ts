// One statement on its way: its words, the session it is of, the values bound to it, and how names are found.
import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import { informationSchema } from './catalog.ts';
import { compilation, missingObject, SnowflakeFailure } from './failure.ts';
import { innerObject, quotedInner, storedName, type ObjectName } from './names.ts';
import type { DoubleSession } from './session.ts';
import { streamRows, type Stream } from './streams.ts';
import { isSign, isWord, type Token } from './tokens.ts';
import { localNames, translate } from './translate.ts';
import type { World } from './world.ts';
import { failureOf } from './duckdb-failure.ts';

export interface Bind {
  readonly type: string;
  readonly value: string | null | readonly (string | null)[];
}

const bound = ({ type, value }: Bind): string => {
  if (Array.isArray(value)) throw compilation('array binds belong to INSERT … VALUES alone');
  if (value === null) return 'null';
  const text = `'${String(value).replaceAll("'", "''")}'`;
  switch (type) {
    case 'FIXED':
      return /^-?\d+$/.test(String(value)) ? String(value) : text;
    case 'REAL':
      return `cast(${text} as double)`;
    case 'BOOLEAN':
      return `cast(${text} as boolean)`;
    case 'TEXT':
      return String(value).includes('\0') ? `cast(${text} as varchar)` : text;
    default:
      throw compilation(`a bind of type ${type}`);
  }
};

export class Statement {
  readonly world: World;
  readonly session: DoubleSession;
  readonly tokens: readonly Token[];
  readonly #binds: readonly Bind[];
  #nextBind = 0;
  /** Tables that were named, by their name in DuckDB. */
  readonly named = new Set<string>();
  /** Streams that were read. */
  readonly streams = new Set<Stream>();

  constructor(
    world: World,
    session: DoubleSession,
    of: { readonly tokens: readonly Token[]; readonly binds: readonly Bind[] },
  ) {
    this.world = world;
    this.session = session;
    this.tokens = of.tokens;
    this.#binds = of.binds;
  }

  object(parts: readonly string[]): ObjectName {
    const [name = '', schema = this.session.schema, database = this.session.database] = parts.toReversed();
    if (database === undefined)
      throw new SnowflakeFailure(
        '090105',
        '22000',
        "Cannot perform operation. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.",
      );
    if (schema === undefined)
      throw new SnowflakeFailure(
        '090106',
        '22000',
        "Cannot perform operation. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name.",
      );
    return { database, schema, name };
  }

  /** A dotted name that starts at `at`. */
  nameAt(at: number): { readonly parts: readonly string[]; readonly end: number } {
    const parts: string[] = [];
    let end = at;
    for (;;) {
      const token = this.tokens[end];
      if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted'))
        throw compilation(`syntax error unexpected '${token?.text ?? '<EOF>'}'.`);
      parts.push(storedName(token));
      end += 1;
      if (!isSign(this.tokens[end], '.')) return { parts, end };
      end += 1;
    }
  }

  /** The table of that name in DuckDB. */
  table(parts: readonly string[]): string {
    const object = this.object(parts);
    if (object.schema === 'INFORMATION_SCHEMA')
      return informationSchema(this.world.catalog, object, quotedInner);
    const inner = innerObject(object);
    const stream = this.world.streams.get(inner);
    if (stream !== undefined) {
      this.streams.add(stream);
      return streamRows(this.world.catalog, stream);
    }
    this.world.catalog.need(object);
    this.named.add(inner);
    return inner;
  }

  /** What CURRENT_ROLE() and its like answer. */
  async noteFacts(): Promise<void> {
    const { user, role, warehouse, database } = this.session;
    const facts = { account: this.world.setting.account, user, role, warehouse, database };
    for (const [name, value] of Object.entries(facts))
      await this.session.connection.run(
        `set variable sf_${name} = ${value === undefined ? 'cast(null as varchar)' : `'${value}'`}`,
      );
  }

  sql(tokens: readonly Token[]): string {
    return translate(tokens, {
      resolve: (parts) => this.table(parts),
      bind: () => {
        const bind = this.#binds[this.#nextBind];
        this.#nextBind += 1;
        if (bind === undefined)
          throw new SnowflakeFailure('002049', '42601', `Bind variable ${this.#nextBind} not set.`);
        return bound(bind);
      },
      local: localNames(this.tokens),
    });
  }

  needWarehouse(): void {
    const { warehouse } = this.session;
    const state = warehouse === undefined ? undefined : this.world.setting.warehouses[warehouse];
    if (state === 'running') return;
    throw new SnowflakeFailure(
      '000606',
      '57P03',
      "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
    );
  }

  needWrite(object: ObjectName): void {
    const shown = `${object.schema}.${object.name}`;
    if (this.world.setting.readOnly?.includes(shown) !== true) return;
    throw new SnowflakeFailure(
      '003001',
      '42501',
      `SQL access control error:\nInsufficient privileges to operate on table '${object.name}'`,
    );
  }

  async run(sql: string): Promise<DuckDBMaterializedResult> {
    try {
      return await this.session.connection.run(sql);
    } catch (error) {
      if (this.session.transaction !== undefined) this.session.transaction.failed = true;
      throw failureOf(error);
    }
  }

  word(at: number): string {
    const token = this.tokens[at];
    return token?.kind === 'word' ? token.text.toLowerCase() : '';
  }

  has(at: number, ...words: readonly string[]): boolean {
    return words.every((word, place) => isWord(this.tokens[at + place], word));
  }

  schemaAt(at: number): { readonly database: string; readonly schema: string; readonly end: number } {
    const { parts, end } = this.nameAt(at);
    const [schema = '', database = this.session.database] = parts.toReversed();
    if (database === undefined) throw missingObject('Database', '');
    return { database, schema, end };
  }
}
