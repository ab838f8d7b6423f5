// The mapping files of a random project. JSON is YAML.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeySpec, ProjectSpec, SourceSpec, TargetSpec } from './spec.ts';

const keyOf = (key: readonly KeySpec[]): unknown => {
  const columns = key.map(({ name, nullable }) => (nullable ? { column: name, nullable: true } : name));
  return columns.length === 1 ? columns[0] : columns;
};

const sourceEntry = (source: SourceSpec): unknown => ({
  key: keyOf(source.key),
  ...(source.watermark ? { updated_at: 'updated_at' } : {}),
  ...(source.keepsDeleted ? { deletes: 'never' } : {}),
  ...(source.where === undefined ? {} : { where: source.where }),
  ...(source.deleted === undefined ? {} : { deleted: source.deleted }),
  ...(source.excluded.length === 0 ? {} : { exclude: source.excluded }),
  ...(source.renamed === undefined ? {} : { renamed: source.renamed }),
});

const targetFile = (target: TargetSpec): unknown => ({
  target: target.name,
  key: keyOf(target.key),
  ...(target.from === undefined ? {} : { from: target.from.name }),
  ...(target.joins.length === 0
    ? {}
    : {
        join: Object.fromEntries(
          target.joins.map(({ alias, relation, type, on, many }) => [
            alias,
            alias === relation.name && type === 'left' && !many
              ? on
              : { source: relation.name, on, type, ...(many ? { many } : {}) },
          ]),
        ),
      }),
  ...(target.where === undefined ? {} : { where: target.where }),
  columns: Object.fromEntries(target.mapped.map(({ name, expression }) => [name, expression])),
  ...(target.grouped ? {} : { on_missing: target.onMissing }),
  ...(target.from === undefined
    ? {}
    : {
        rows: target.rows,
        on_delete: target.onDelete === 'set' ? { set: { state: 'gone' } } : target.onDelete,
      }),
  ...(target.touch ? { touch: { touched: 'now' } } : {}),
});

export const writeMappings = (folder: string, { sources, targets }: ProjectSpec): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: unknown): void => {
    writeFileSync(join(folder, `${name}.yml`), JSON.stringify(content, undefined, 2));
  };
  write('sources', {
    sources: Object.fromEntries(sources.map((source) => [source.name, sourceEntry(source)])),
  });
  for (const target of targets) write(target.name, targetFile(target));
};
