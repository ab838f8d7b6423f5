// A schema that must be there. Asked for first where the engine has rights: `create schema if not exists` wants the
// right to create one even where it is there, and a role that was handed its schemas has no other.
import type { Dialect } from '../sql/dialect.ts';
import { id, sql } from '../sql/fragment.ts';
import type { Session } from './port.ts';

interface Schema {
  readonly database?: string | undefined;
  readonly schema: string;
}

export const ensureSchema = async (session: Session, dialect: Dialect, wanted: Schema): Promise<void> => {
  const { database, schema } = wanted;
  if (dialect.schemaNamed !== undefined) {
    const found = await session.rows(dialect.schemaNamed(schema));
    if (found.length > 0) return;
  }
  const name = database === undefined ? id(schema) : id(database, schema);
  await session.execute(sql`create schema if not exists ${name}`);
};
