// A large dictionary, 300 targets of 40 columns: what reading it costs, and what it costs to ask it one question.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../program.ts';
import { takeTurns } from '../measure.ts';
import { count, sampleCells, sampleHead, seconds, type Section } from '../section.ts';

const sources = 60;
const targets = 300;
const columns = 40;

/** Every command that reads mappings parses and checks all of them; this one then prints a little. */
const told = {
  check: 'parse and check offline (`tidemark dictionary -s fact_0`)',
  first: '`tidemark impact` of one column, the first time after a change',
  impact: '`tidemark impact` of one column',
} as const;

const allowedMs = { check: 1000, first: 500, impact: 500 } as const;

/** As in the sample shop: most columns as they are, some through a function, few over several lines; look-ups, and
 *  every target but the first reads one before it. */
const columnLine = (
  place: number,
  alias: { readonly root: string; readonly look: string },
  derived: boolean,
): string => {
  const name = `column_${place}`;
  if (place % 20 === 2)
    return `  ${name}: >-\n    case\n    when ${alias.root}.${name} > 10 then 'high'\n    else lower(${alias.root}.column_${place + 1})\n    end`;
  if (place % 4 === 0) return `  ${name}: coalesce(${alias.look}.${name}, 'unknown')`;
  if (place % 4 === 1 && derived) return `  ${name}: up.${name}`;
  return `  ${name}: ${alias.root}.${name}`;
};

const mappingOf = (place: number): string => {
  const root = `source_${place % sources}`;
  const look = `source_${(place + 7) % sources}`;
  const derived = place > 20;
  const lines = Array.from({ length: columns - 1 }, (_, column) =>
    columnLine(column + 1, { root, look }, derived),
  );
  return [
    `target: fact_${place}`,
    `description: One row per row of ${root}.`,
    'key: id',
    `from: ${root}`,
    'join:',
    `  ${look}: ${root}.ref_id = ${look}.id`,
    ...(derived ? [`  up: { source: fact_${place - 20}, on: ${root}.up_id = up.id }`] : []),
    'columns:',
    `  id: ${root}.id`,
    ...lines,
    '',
  ].join('\n');
};

const makeProject = async (folder: string): Promise<string> => {
  const project = join(folder, 'dictionary');
  await mkdir(join(project, 'mappings'), { recursive: true });
  const write = (name: string, text: string): Promise<void> => writeFile(join(project, name), text);
  await write('tidemark.yml', 'version: 1\nname: large\nwarehouse: { type: duckdb, path: none.duckdb }\n');
  const names = Array.from(
    { length: sources },
    (_, place) => `  source_${place}: { key: id, updated_at: updated_at }\n`,
  );
  await write('mappings/sources.yml', `sources:\n${names.join('')}`);
  for (let place = 0; place < targets; place += 1)
    await write(`mappings/fact_${place}.yml`, mappingOf(place));
  return project;
};

export const dictionary = async (folder: string, runs: number): Promise<Section> => {
  const project = await makeProject(folder);
  const [kept, none] = [join(folder, 'cache'), join(folder, 'no-cache')];
  // Nothing can be kept below a file: all of it is read each time.
  await writeFile(none, '');
  const ask = (words: readonly string[], cache: string) => (): ReturnType<typeof runCommand> =>
    runCommand([...words, '--project', project], { XDG_CACHE_HOME: cache });
  const impact = ['impact', 'source_1.column_4'];
  const samples = await takeTurns(
    {
      check: ask(['dictionary', '-s', 'fact_0'], none),
      first: ask(impact, none),
      impact: ask(impact, kept),
    },
    runs,
  );
  const claim = (name: keyof typeof allowedMs) => ({
    says: `${told[name]} under ${seconds(allowedMs[name])}`,
    measured: seconds(samples[name].medianMs),
    met: samples[name].medianMs < allowedMs[name],
  });
  return {
    title: 'A large dictionary',
    text: `${targets} targets of ${columns} columns, ${count(targets * columns)} in all, from ${sources} sources; no warehouse is asked, process start included.`,
    head: ['', ...sampleHead],
    rows: [
      [told.check, ...sampleCells(samples.check)],
      [told.first, ...sampleCells(samples.first)],
      [told.impact, ...sampleCells(samples.impact)],
    ],
    claims: [claim('check'), claim('first'), claim('impact')],
  };
};
