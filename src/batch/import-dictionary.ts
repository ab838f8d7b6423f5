// Import: a source-first dictionary from elsewhere becomes mapping files. Asks nobody; what it guesses it marks, what
// is there it never overwrites.
import { existsSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { catalogOf, lookUp, type Catalog } from '../dictionary/catalog.ts';
import { importFeeds, type Imported } from '../dictionary/import/import-feeds.ts';
import type { TableFacts } from '../dictionary/import/facts.ts';
import { worthAsking } from '../dictionary/import/place-target.ts';
import { readShape, type Feed } from '../dictionary/import/read-shape.ts';
import { parseDictionary } from '../dictionary/parse.ts';
import type { RawDictionary } from '../dictionary/raw.ts';
import { sourceTable, tablesOf, targetName } from '../dictionary/tables.ts';
import { TidemarkError, type Problem } from '../errors/tidemark-error.ts';
import type { FileText } from '../project/document.ts';
import { inSchema, type Project } from '../project/project.ts';
import { readMappings } from '../project/read-project.ts';
import { nameParts } from '../project/sql-name.ts';
import { commas, id, sql, table } from '../sql/fragment.ts';
import type { TableName } from '../sql/table-name.ts';
import type { Session, Warehouse } from '../warehouse/port.ts';
import { freePaths, writeNew } from './new-files.ts';
import { withWarehouse } from './open.ts';

export interface ImportOptions {
  readonly project: Project;
  /** Python, JSON or YAML, by its ending. */
  readonly file: string;
  /** Of a Python module that assigns several dicts. */
  readonly variable?: string | undefined;
  /** Tell what would be written, write nothing. */
  readonly dryRun?: boolean | undefined;
  readonly waitMs?: number | undefined;
}

export interface ImportReport {
  readonly schema: 'tidemark/import/1';
  readonly project: string;
  readonly environment: string;
  readonly file: string;
  /** False: nothing was written, because that was asked for. */
  readonly written: boolean;
  readonly files: readonly {
    readonly file: string;
    /** null: the file of the sources. */
    readonly target: string | null;
    readonly columns: number;
    readonly guesses: readonly string[];
  }[];
  /** Targets that a mapping has already; nothing of them was imported. */
  readonly mapped_already: readonly { readonly target: string; readonly file: string }[];
  readonly not_placed: readonly {
    readonly source: string;
    readonly column: string;
    readonly target: string;
    readonly target_column: string;
    readonly reason: string;
    readonly at: { readonly file: string; readonly line: number; readonly column: number };
  }[];
}

const refuse = (message: string, problems: readonly Problem[] = [], hint?: string): TidemarkError =>
  new TidemarkError('import_unreadable', { message, problems, hint, at: problems[0]?.at });

const readFeeds = ({ file, variable }: ImportOptions): readonly Feed[] => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const said = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw refuse(`cannot read \`${file}\``, [], `the system says ${said}`);
  }
  const language = extname(file).toLowerCase() === '.py' ? 'python' : 'yaml';
  const problems: Problem[] = [];
  const feeds = readShape({ file: { file, text }, language, variable }, (problem) => problems.push(problem));
  const [first, second] = problems;
  if (first !== undefined)
    throw refuse(
      second === undefined ? first.message : `\`${file}\` has ${problems.length} problems`,
      problems,
    );
  return feeds;
};

/** Problems of what is there are for `validate`: here its names are enough. */
const readPresent = (
  project: Project,
): { readonly files: readonly FileText[]; readonly raw: RawDictionary } => {
  const files = existsSync(project.mappings) ? readMappings(project) : [];
  return { files, raw: parseDictionary(files).raw };
};

interface Named {
  readonly name: string;
  readonly table: TableName;
  readonly written?: string | undefined;
}

/** `companies`, or `staging.companies` by its last name. */
const namedTable = (text: string, schema: Project['schemas']['staging']): Named => {
  const parts = nameParts(text);
  const [first, second, third] = parts ?? [];
  if (first === undefined || second === undefined || (parts?.length ?? 0) > 3)
    return { name: text, table: inSchema(schema, text) };
  return third === undefined
    ? { name: second, table: { schema: first, name: second }, written: text }
    : { name: third, table: { database: first, schema: second, name: third }, written: text };
};

const distinctColumns = async (session: Session, facts: TableFacts): Promise<ReadonlySet<string>> => {
  const columns = worthAsking(facts);
  if (facts.info === undefined || columns.length === 0) return new Set();
  const counts = columns.map((name, place) => sql`count(distinct ${id(name)}) as ${id(`c${place}`)}`);
  const [row] = await session.rows<Readonly<Record<string, unknown>>>(
    sql`select count(*) as total, ${commas(counts)} from ${table(facts.info.table)}`,
  );
  const total = Number(row?.['total'] ?? 0);
  return new Set(columns.filter((_, place) => total > 0 && Number(row?.[`c${place}`]) === total));
};

interface Facts {
  readonly sources: ReadonlyMap<string, TableFacts>;
  readonly targets: ReadonlyMap<string, TableFacts>;
  readonly catalog: Catalog;
}

interface Wanted {
  readonly sources: ReadonlyMap<string, Named>;
  readonly targets: ReadonlyMap<string, Named>;
}

/** By its last name; of a target that feeds others its own table. */
const namesOf = (feeds: readonly Feed[], { schemas }: Project): Wanted => {
  const named = (
    texts: readonly string[],
    schema: Project['schemas']['staging'],
  ): ReadonlyMap<string, Named> =>
    new Map(
      [...new Set(texts)].map((text) => {
        const one = namedTable(text, schema);
        return [one.name, one] as const;
      }),
    );
  const targets = named(
    feeds.map(({ target }) => target),
    schemas.targets,
  );
  const sources = named(
    feeds.map(({ source }) => source),
    schemas.staging,
  );
  return { sources: new Map([...sources].map(([name, one]) => [name, targets.get(name) ?? one])), targets };
};

const readFacts = async (
  warehouse: Warehouse,
  project: Project,
  raw: RawDictionary,
  { sources, targets }: Wanted,
): Promise<Facts> => {
  const declared = new Map(raw.sources.map((source) => [source.name.text, source]));
  // Sources that are declared though this dictionary does not name them may stand between two that it names.
  const others = [...declared].map(([name, source]): Named => ({
    name,
    table: sourceTable(source, project),
  }));
  const wanted = [...new Map([...sources.values(), ...others].map((one) => [one.name, one])).values()];
  const found = await warehouse.introspect([
    ...[...wanted, ...targets.values()].map((one) => one.table),
    ...tablesOf(raw, project),
  ]);
  const catalog = catalogOf(found);
  return warehouse.session(async (session) => {
    const factsOf = async (one: Named): Promise<readonly [string, TableFacts]> => {
      const declaredKey = declared.get(one.name)?.key.map((column) => column.name.text);
      const bare = { ...one, info: lookUp(catalog, one.table), distinct: new Set<string>(), declaredKey };
      return [one.name, { ...bare, distinct: await distinctColumns(session, bare) }];
    };
    const read = async (all: Iterable<Named>): Promise<ReadonlyMap<string, TableFacts>> => {
      const facts: (readonly [string, TableFacts])[] = [];
      for (const one of all) facts.push(await factsOf(one));
      return new Map(facts);
    };
    return { sources: await read(wanted), targets: await read(targets.values()), catalog };
  });
};

const guessesIn = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const at = line.indexOf('   # guessed: ');
    return at === -1 ? [] : [`${line.slice(0, at).trim()} (${line.slice(at + 14)})`];
  });

const filesOf = ({
  sources,
  targets,
}: Imported): readonly (ImportReport['files'][number] & { readonly text: string })[] => [
  ...(sources === undefined
    ? []
    : [
        {
          file: sources.file,
          target: null,
          columns: 0,
          guesses: guessesIn(sources.text),
          text: sources.text,
        },
      ]),
  ...targets.map(({ file, target, columns, text }) => ({
    file,
    target,
    columns,
    guesses: guessesIn(text),
    text,
  })),
];

export const importDictionary = async (options: ImportOptions): Promise<ImportReport> => {
  const { project } = options;
  const all = readFeeds(options).map((feed) => ({
    ...feed,
    written: { source: feed.source, target: feed.target },
    source: namedTable(feed.source, project.schemas.staging).name,
    target: namedTable(feed.target, project.schemas.targets).name,
  }));
  const { files: present, raw } = readPresent(project);
  const mapped = new Map(raw.targets.map((target) => [targetName(target), target.name.at.file]));
  const feeds = all.filter(({ target }) => !mapped.has(target));
  const wanted = namesOf(
    feeds.map((feed) => ({ ...feed, ...feed.written })),
    project,
  );
  const facts = await withWarehouse(
    project,
    { readOnly: true, waitMs: options.waitMs ?? 10_000 },
    (warehouse) => readFacts(warehouse, project, raw, wanted),
  );
  const imported = importFeeds({
    feeds,
    ...facts,
    present,
    project,
    origin: basename(options.file),
    pathOf: freePaths(project),
  });
  const files = filesOf(imported);
  if (options.dryRun !== true) for (const { file, text } of files) writeNew(project, file, text);
  return {
    schema: 'tidemark/import/1',
    project: project.name,
    environment: project.environment,
    file: options.file,
    written: options.dryRun !== true,
    files: files.map(({ text: _, ...file }) => file),
    mapped_already: [...new Set(all.map(({ target }) => target))].flatMap((name) => {
      const file = mapped.get(name);
      return file === undefined ? [] : [{ target: name, file }];
    }),
    not_placed: imported.notPlaced.map(({ feed, reason }) => ({
      source: feed.source,
      column: feed.column,
      target: feed.target,
      target_column: feed.to,
      reason,
      at: { file: feed.at.file, line: feed.at.line, column: feed.at.column },
    })),
  };
};
