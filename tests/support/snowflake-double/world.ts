// Everything that outlives a session: the databases in DuckDB, the catalog, the locks, users and warehouses.
import { DuckDBInstance } from '@duckdb/node-api';
import { Catalog } from './catalog.ts';
import { macros } from './functions.ts';
import { TableLocks } from './locks.ts';
import { quotedInner } from './names.ts';
import { PipelineObjects } from './registry.ts';
import type { Stream } from './streams.ts';

export interface DoubleUser {
  readonly name: string;
  readonly password?: string;
  /** PEM, as ALTER USER … SET RSA_PUBLIC_KEY takes it. */
  readonly publicKey?: string;
  /** Programmatic access tokens and OAuth access tokens; a token that has ended says so. */
  readonly tokens?: Readonly<Record<string, 'valid' | 'expired'>>;
  readonly role: string;
}

export interface DoubleSetting {
  readonly account: string;
  readonly database: string;
  readonly users: readonly DoubleUser[];
  /** Warehouses; a suspended one does not wake up by itself. */
  readonly warehouses: Readonly<Record<string, 'running' | 'suspended'>>;
  /** Tables on which a role lacks the right to write: `SHOP.T`. */
  readonly readOnly?: readonly string[];
  /** Rows of a reply before it comes in chunks. */
  readonly chunkRows?: number;
}

export class World {
  readonly catalog = new Catalog();
  readonly locks = new TableLocks();
  readonly objects = new PipelineObjects();
  /** By the name of the stream in DuckDB. */
  readonly streams = new Map<string, Stream>();
  readonly setting: DoubleSetting;
  readonly instance: DuckDBInstance;

  private constructor(setting: DoubleSetting, instance: DuckDBInstance) {
    this.setting = setting;
    this.instance = instance;
  }

  static async open(setting: DoubleSetting): Promise<World> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const world = new World(setting, instance);
    const connection = await instance.connect();
    for (const macro of macros) await connection.run(macro);
    await connection.run(`attach ':memory:' as ${quotedInner(setting.database)}`);
    await connection.run(`create schema ${quotedInner(setting.database)}.${quotedInner('PUBLIC')}`);
    connection.closeSync();
    world.catalog.addDatabase(setting.database);
    return world;
  }

  close(): void {
    this.instance.closeSync();
  }
}
