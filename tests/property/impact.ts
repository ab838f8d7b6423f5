// What `impact` names is what changes. A column of staging is changed, a plan says what would follow, and that is
// laid beside what the mappings alone have said: of any dictionary nothing changes that was not named; of one that
// hides nothing, all that was named does change, and in as many rows as `--rows` has counted.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal, seededRandom, type Random } from '../../scripts/shop/random.ts';
import { countRowsIn } from '../../src/batch/impact/count-rows.ts';
import { lineageOfFiles, reachReport } from '../../src/batch/impact/impact.ts';
import { planIn } from '../../src/batch/plan.ts';
import type { BatchReport } from '../../src/batch/report.ts';
import { runIn } from '../../src/batch/run.ts';
import { columnsOfRows } from '../../src/graph/influence.ts';
import { reachOf, type Lineage } from '../../src/graph/reach.ts';
import type { Project } from '../../src/project/project.ts';
import { readMappings } from '../../src/project/read-project.ts';
import { tellHistories, type History } from './histories.ts';
import { changesOf, drawTelling, mappingFiles, sourceColumns, tableStatements } from './impact/telling.ts';
import { expectNothing } from './invariants.ts';
import { projectAt, type Engine } from './place.ts';
import { drawSources } from './random-dictionary/draw-sources.ts';
import { drawTargets } from './random-dictionary/draw-targets.ts';
import { writeMappings } from './random-dictionary/mapping-files.ts';
import { prebuild } from './random-dictionary/prebuilt.ts';
import type { ProjectSpec, SourceSpec } from './random-dictionary/spec.ts';
import { Staging } from './random-dictionary/staging.ts';
import { drawValue } from './random-dictionary/values.ts';

interface Told {
  readonly history: History;
  readonly project: Project;
  readonly lineage: Lineage;
}

/** `target.column` of everything that a batch would change. */
const changedIn = ({ graph }: Lineage, { targets }: BatchReport): ReadonlySet<string> =>
  new Set(
    targets.flatMap(({ name, inserted, deleted, columns }) => {
      const target = graph.targets.get(name);
      // A version that ends is one row less that holds now.
      const isOther = inserted + deleted > 0 || columns['valid_to'] !== undefined;
      const whole = isOther && target !== undefined ? columnsOfRows(target) : [];
      return [...Object.keys(columns), ...whole].map((column) => `${name}.${column}`);
    }),
  );

const namedBy = (lineage: Lineage, source: string, column: string): ReadonlySet<string> =>
  new Set(reachOf(lineage, { relation: source, column }).map((reach) => `${reach.target}.${reach.column}`));

/** What would follow from a change of staging, which is taken back. */
const planOf = async (
  { history: { place, schemas }, project }: Told,
  source: string,
  change: string,
): Promise<BatchReport> => {
  const table = `"${schemas.staging}".${source}`;
  await place.execute(`create table ${table}_kept as select * from ${table}`);
  await place.execute(change.replace('{table}', table));
  const { report } = await planIn(place.warehouse, { project, samples: 0 });
  await place.execute(`delete from ${table}`);
  await place.execute(`insert into ${table} select * from ${table}_kept`);
  await place.execute(`drop table ${table}_kept`);
  return report;
};

const withFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-impact-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const startOn = async (history: History, folder: string, adopt: readonly string[]): Promise<Told> => {
  const project = projectAt(history.place, history.schemas, folder);
  const { report } = await runIn(history.place.warehouse, { project, adopt });
  expectNothing(report.behind.map(({ name, reason }) => `${name} is behind: ${reason}`));
  return { history, project, lineage: lineageOfFiles(project, readMappings(project)) };
};

/** A change of one column in some row, as SQL; none where the table is empty. */
const anyChange = async (
  { place, schemas }: History,
  source: SourceSpec,
  column: SourceSpec['columns'][number],
  random: Random,
): Promise<string | undefined> => {
  const isKey = source.key.some(({ name }) => name === column.name);
  const fresh =
    column.kind === 'text' ? literal(`new ${random.below(1000)}`) : String(500 + random.below(99));
  const value = isKey ? fresh : drawValue(random, column.kind, column.name);
  if (!isKey && random.chance(2)) return `update {table} set ${column.name} = ${value}`;
  const rows = await place.rows<Readonly<Record<string, string | number | null>>>(
    `select * from "${schemas.staging}".${source.name}`,
  );
  if (rows.length === 0) return undefined;
  const row = random.oneOf(rows);
  const match = source.key.map(({ name, kind }) => {
    const held = row[name];
    if (held === null || held === undefined) return `${name} is null`;
    return `${name} = ${kind === 'text' ? literal(String(held)) : held}`;
  });
  return `update {table} set ${column.name} = ${value} where ${match.join(' and ')}`;
};

const drawWild = (random: Random): ProjectSpec => {
  // Without watermarks, so that every change is seen, whatever it is stamped with.
  const sources = drawSources(random).map((source) => ({ ...source, watermark: false }));
  return { sources, targets: drawTargets(random, sources) };
};

const tellWild = (history: History): Promise<void> =>
  withFolder(async (folder) => {
    const { place, schemas, seed } = history;
    const random = seededRandom(seed);
    const spec = drawWild(random);
    writeMappings(folder, spec);
    await new Staging(place, schemas, random).create(spec.sources);
    await prebuild({ place, schemas, random }, spec);
    const told = await startOn(
      history,
      folder,
      spec.targets.map(({ name }) => name),
    );
    const wrong: string[] = [];
    for (const source of spec.sources) {
      for (const column of source.columns) {
        const change = await anyChange(history, source, column, random);
        if (change === undefined) continue;
        const named = namedBy(told.lineage, source.name, column.name);
        const changed = changedIn(told.lineage, await planOf(told, source.name, change));
        wrong.push(
          ...[...changed]
            .filter((each) => !named.has(each))
            .map((each) => `${source.name}.${column.name} changes ${each}, which is not named: ${change}`),
        );
      }
    }
    expectNothing(wrong);
  });

/** Every row's value becomes another: each row that holds it, through whatever, must show it. */
const checkRows = async (told: Told, source: string, column: string): Promise<readonly string[]> => {
  const { lineage, project, history } = told;
  const spot = { relation: source, column };
  const reaches = reachOf(lineage, spot).map(reachReport);
  const counted = await countRowsIn(history.place.warehouse, project, [spot], reaches);
  const report = await planOf(told, source, `update {table} set ${column} = ${column} || ' anew'`);
  return counted.reaches
    .filter(({ how }) => how === 'direct')
    .flatMap(({ target, column: name, rows }) => {
      const cells = report.targets.find((each) => each.name === target)?.columns[name] ?? 0;
      return cells === rows
        ? []
        : [`${source}.${column} counts ${rows} rows for ${target}.${name}, ${cells} change`];
    });
};

const tellTelling = (history: History): Promise<void> =>
  withFolder(async (folder) => {
    const { place, schemas, seed } = history;
    const random = seededRandom(seed);
    const telling = drawTelling(random);
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(mappingFiles(telling)))
      writeFileSync(join(folder, `${name}.yml`), JSON.stringify(content, undefined, 2));
    for (const statement of tableStatements(telling, schemas, random)) await place.execute(statement);
    const told = await startOn(
      history,
      folder,
      telling.targets.map(({ name }) => name),
    );
    const wrong: string[] = [];
    for (const { name: source } of telling.sources) {
      for (const column of sourceColumns) {
        const named = namedBy(told.lineage, source, column.name);
        const changed = new Set<string>();
        for (const value of changesOf(column, random)) {
          const change = `update {table} set ${column.name} = ${value} where id = 1`;
          for (const each of changedIn(told.lineage, await planOf(told, source, change))) changed.add(each);
        }
        const spot = `${source}.${column.name}`;
        wrong.push(
          ...[...changed]
            .filter((each) => !named.has(each))
            .map((each) => `${spot} changes ${each}, which is not named`),
          ...[...named]
            .filter((each) => !changed.has(each))
            .map((each) => `${spot} names ${each}, which does not change`),
        );
      }
      wrong.push(...(await checkRows(told, source, 'label')));
    }
    if (wrong.length > 0)
      throw new Error(`${wrong.join('\n')}\n${JSON.stringify(mappingFiles(telling), undefined, 1)}`);
  });

export const describeImpactProperties = (engine: Engine, file: string): void => {
  // What is told is read off the mappings; the engine only shows it, so that one of them shows most.
  const [any, telling] = engine === 'duckdb' ? [15, 8] : [2, 3];
  tellHistories({ name: 'impact of any dictionary', engine, file, share: any, tell: tellWild });
  tellHistories({ name: 'impact of a telling dictionary', engine, file, share: telling, tell: tellTelling });
};
