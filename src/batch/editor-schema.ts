// Writes the JSON Schema of this project's dictionary beside the mappings, and the line by which editors find it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { catalogOf, type Catalog } from '../dictionary/catalog.ts';
import { editorSchema } from '../dictionary/editor-schema/editor-schema.ts';
import { knownDictionary } from '../dictionary/editor-schema/known.ts';
import { parseDictionary } from '../dictionary/parse.ts';
import type { RawDictionary } from '../dictionary/raw.ts';
import { tablesOf } from '../dictionary/tables.ts';
import type { Project } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import { knownCatalog } from './catalog-file.ts';
import { namingOf } from './naming.ts';
import { withWarehouse } from './open.ts';

const schemaFileName = 'tidemark.schema.json';

export interface EditorSchemaOptions {
  readonly project: Project;
  /** Ask no warehouse: columns are those of the kept catalog. */
  readonly offline?: boolean | undefined;
  /** Leave the mapping files as they are. */
  readonly modeline?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

export interface EditorSchemaReport {
  readonly schema: 'tidemark/editor-schema/1';
  readonly project: string;
  readonly environment: string;
  /** Seen from the project's folder, like the others. */
  readonly file: string;
  /** Mapping files that were given the line that names it. */
  readonly modelines: readonly string[];
  /** Files that name another schema, and were left alone. */
  readonly others: readonly string[];
  /** Tables whose columns are known. */
  readonly tables: number;
}

const liveCatalog = (project: Project, raw: RawDictionary, waitMs: number): Promise<Catalog> =>
  withWarehouse(project, { readOnly: true, waitMs }, async (warehouse) =>
    catalogOf(await warehouse.introspect(tablesOf(raw, namingOf(project)))),
  );

const modeline = /^\s*#\s*yaml-language-server:\s*\$schema=(\S+)/m;

const write = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};

type Marked = 'marked' | 'already' | 'other';

/** The line goes first; everything else stays as it is, byte for byte. */
const mark = (path: string, schema: string): Marked => {
  const text = readFileSync(path, 'utf8');
  const from = relative(dirname(path), schema).replaceAll('\\', '/');
  const found = modeline.exec(text)?.[1];
  if (found === from) return 'already';
  if (found !== undefined) return 'other';
  const [start, rest] = text.startsWith('\ufeff') ? ['\ufeff', text.slice(1)] : ['', text];
  const end = rest.includes('\r\n') ? '\r\n' : '\n';
  write(path, `${start}# yaml-language-server: $schema=${from}${end}${rest}`);
  return 'marked';
};

export const writeEditorSchema = async (options: EditorSchemaOptions): Promise<EditorSchemaReport> => {
  const { project } = options;
  const files = readMappings(project);
  const { raw } = parseDictionary(files);
  const kept = (): Catalog => knownCatalog(project)?.catalog ?? new Map();
  const catalog =
    options.offline === true ? kept() : await liveCatalog(project, raw, options.waitMs ?? 10_000);
  const path = join(project.mappings, schemaFileName);
  const schema = editorSchema(knownDictionary(raw, namingOf(project), catalog));
  write(path, `${JSON.stringify(schema)}\n`);
  const marked =
    options.modeline === false
      ? []
      : files.map(({ file }) => ({ file, how: mark(resolve(project.directory, file), path) }));
  const those = (how: Marked): readonly string[] =>
    marked.filter((each) => each.how === how).map(({ file }) => file);
  return {
    schema: 'tidemark/editor-schema/1',
    project: project.name,
    environment: project.environment,
    file: relative(project.directory, path).replaceAll('\\', '/'),
    modelines: those('marked'),
    others: those('other'),
    tables: catalog.size,
  };
};
