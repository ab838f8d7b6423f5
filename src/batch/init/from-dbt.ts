// Proposals from a dbt project: its manifest, the SQL that it compiled, and the rows of the warehouse.
import { toRead, type ToRead } from './to-read.ts';
import { existsSync } from 'node:fs';
import { loadSqlParser } from '../../dbt/lineage/sql-parser.ts';
import type { DbtManifest, DbtNode } from '../../dbt/manifest.ts';
import { readNodeHints, type NodeHints } from '../../dbt/node-hints.ts';
import { nodeName, nodeWord } from '../../dbt/nodes.ts';
import { readManifest } from '../../dbt/read-manifest.ts';
import { TidemarkError } from '../../errors/tidemark-error.ts';
import type { Project } from '../../project/project.ts';
import type { Warehouse } from '../../warehouse/port.ts';
import { freePaths } from '../new-files.ts';
import { withWarehouse } from '../open.ts';
import { checkCompiled, checkConnection, checkDatabase, dialectOf } from './check-manifest.ts';
import { SourceChooser } from './choose-sources.ts';
import { draftOf } from './draft.ts';
import type { DbtPlace } from './find-place.ts';
import type { InitDraft } from './init-report.ts';
import type { InitGround } from './init-options.ts';
import { linesOfDbt, type Lines } from './lines-of-dbt.ts';
import { refuseNothing } from './nothing-to-map.ts';
import { readPresent, type Present } from './present.ts';
import { draftProject } from './project-file.ts';
import { readingsIn, type Readings } from '../readings.ts';
import { settle } from './settle.ts';
import { chooseNodes, lookAtTables, type Chosen } from './tables-of-dbt.ts';

const most = (names: readonly string[], fallback: string): string => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [first] = [...counts].toSorted(([, left], [, right]) => right - left);
  return first?.[0] ?? fallback;
};

const schemaNames = (nodes: readonly DbtNode[]): readonly string[] =>
  nodes.flatMap(({ relation }) => relation?.schema ?? []);

/** Where the manifest has no sources, the SQL says what it reads. */
const schemasOf = async (
  { nodes }: DbtManifest,
  { nodes: chosen }: Chosen,
  read: () => Promise<Readings>,
): Promise<{ readonly staging: string; readonly targets: string }> => {
  const targets = most(schemaNames(chosen), 'marts');
  const loaded = schemaNames(nodes.filter(({ kind }) => kind === 'source'));
  if (loaded.length > 0) return { staging: most(loaded, 'staging'), targets };
  const readings = await read();
  const named = chosen.flatMap((node) => {
    const model = readings.of(node);
    return typeof model === 'string'
      ? []
      : model.reads.flatMap((each) => (each.node === undefined ? (each.schema ?? []) : []));
  });
  return { staging: most(named, 'staging'), targets };
};

/** dbt names them in its settings; the moment of a change stands in their tables. */
const snapshotTimes = (
  nodes: readonly DbtNode[],
  hints: ReadonlyMap<string, NodeHints>,
  readings: Readings,
): ReadonlyMap<string, string> =>
  new Map(
    nodes.flatMap((node) => {
      const { strategy, updatedAt } = hints.get(node.id)?.snapshot ?? {};
      if (strategy !== 'timestamp' || updatedAt === undefined) return [];
      const model = readings.of(node);
      const [read, other] = typeof model === 'string' ? [] : model.reads;
      return read === undefined || other !== undefined ? [] : [[read.place, updatedAt] as const];
    }),
  );

interface Found {
  readonly ground: InitGround;
  readonly project: Project;
  readonly projectText: string | undefined;
  readonly manifest: DbtManifest;
  readonly hints: ReadonlyMap<string, NodeHints>;
  readonly readings: Readings;
  readonly chosen: Chosen;
}

interface Standing {
  readonly present: Present;
  readonly nodes: readonly DbtNode[];
  /** Chosen ones that a mapping has already. */
  readonly already: Present['targets'];
}

const placeOfNode = ({ relation }: DbtNode, { place }: Readings): string | undefined =>
  relation && place(relation.schema, relation.name);

/** What is mapped already, and what is left to be. */
const standingOf = ({ ground, project, manifest, readings, chosen }: Found): Standing => {
  const present = readPresent(project, ground.present, readings.place);
  const mapped = new Map(
    present.targets.map((target) => [readings.place(target.table.schema, target.table.name), target]),
  );
  const mappedBy = (node: DbtNode) => mapped.get(placeOfNode(node, readings) ?? '');
  const read = new Set(manifest.nodes.flatMap(({ kind, reads }) => (kind === 'test' ? [] : reads)));
  return {
    present,
    // A snapshot that others read is a source of theirs.
    nodes: chosen.nodes.filter(
      (node) => mappedBy(node) === undefined && !(node.kind === 'snapshot' && read.has(node.id)),
    ),
    already: chosen.nodes.flatMap((node) => mappedBy(node) ?? []),
  };
};

const linesIn = async (
  warehouse: Warehouse,
  found: Found,
  { present, nodes }: Standing,
  declared: ReadonlySet<string>,
): Promise<Lines & { readonly reads: ToRead }> => {
  const { manifest, hints, readings, ground } = found;
  const needed = await lookAtTables(warehouse, readings, nodes);
  const reads = await toRead(warehouse, [...needed.values()]);
  ground.options.onRead?.(reads);
  const tables = await lookAtTables(warehouse, readings, [
    ...nodes,
    ...manifest.nodes.filter(({ kind }) => kind === 'source'),
  ]);
  const taken = [...nodes.map(nodeWord), ...present.targets.map(({ name }) => name)];
  const lines = await warehouse.session((session) => {
    const chooser = new SourceChooser({
      readings,
      hints,
      session,
      infoAt: (place) => tables.get(place),
      taken: new Set([...taken, ...declared]),
      declared: present.sources,
      snapshotTimes: snapshotTimes(manifest.nodes, hints, readings),
    });
    const { lacks } = warehouse.dialect.capabilities;
    return linesOfDbt({ manifest, readings, hints, nodes, tables, chooser, session, lacks });
  });
  return { ...lines, reads };
};

const proposeIn = async (warehouse: Warehouse, found: Found) => {
  const { ground, project, projectText, chosen } = found;
  const { options, present: files, progress } = ground;
  const standing = standingOf(found);
  const declared = new Set([...standing.present.sources.values()].map(({ name }) => name));
  const lines = await linesIn(warehouse, found, standing, declared);
  const pathOf = freePaths(project);
  const { samplePercent } = options;
  const trial = { warehouse, project, present: files, samplePercent, progress, pathOf };
  const draft = draftOf({
    project,
    projectText,
    settled: await settle(lines.lines, declared, trial),
    left: [...chosen.left, ...lines.left],
    already: standing.already.map(({ name, file }) => ({ name, file })),
    declared,
    coverage: lines.coverage,
    sample: samplePercent,
    reads: lines.reads,
    pathOf,
  });
  // Mappings may stand in the meta of models: the project file is all that those lack.
  const isMapped = files.length > 0 || found.manifest.nodes.some(({ mapping }) => mapping !== undefined);
  return isMapped ? draft : refuseNothing(draft, advice);
};

const advice = {
  none: {
    message: 'dbt builds no table here that could be kept in step: its models are views, or there are none',
    hint: 'give those that are read often `materialized: table` (or `incremental`), `dbt build` them, and call `tidemark init` again',
  },
  otherwise: 'or write the mapping of one by hand, as the README shows',
};

const noManifest = (file: string): TidemarkError =>
  new TidemarkError('manifest_invalid', {
    message: `\`${file}\` does not exist`,
    hint: '`dbt compile` writes it, with the SQL that init reads; `--manifest` says where it is',
  });

/** `place`: none where the project file is there already. */
export const proposeFromDbt = async (
  ground: InitGround,
  place: DbtPlace | undefined,
): Promise<InitDraft & { readonly project: Project }> => {
  const { options } = ground;
  const file = place?.manifest ?? ground.project?.manifest ?? '';
  if (!existsSync(file)) throw noManifest(file);
  const manifest = readManifest(file);
  const hints = readNodeHints(file);
  const dialect = dialectOf(manifest, file);
  let parsed: Promise<Readings> | undefined;
  // The parser is slow to load: what can be refused without it is refused first.
  const read = (): Promise<Readings> =>
    (parsed ??= loadSqlParser().then((parser) =>
      readingsIn({ nodes: manifest.nodes, manifest: file, dialect, parser }),
    ));
  const { pick, select = [] } = options;
  const everything = chooseNodes(manifest, hints, select);
  const picked = pick === undefined ? [] : await pick(everything.nodes.map(nodeName));
  const chosen = picked.length === 0 ? everything : chooseNodes(manifest, hints, picked);
  checkCompiled(chosen.nodes, file);
  const draft =
    place === undefined
      ? undefined
      : draftProject({
          directory: options.directory,
          place,
          name: manifest.project === '' ? 'tidemark' : manifest.project,
          variables: options.variables,
          schemas: await schemasOf(manifest, chosen, read),
        });
  const project = draft?.project ?? ground.project;
  if (project === undefined) throw noManifest(file);
  checkConnection(manifest, file, project);
  checkDatabase(chosen.nodes, file, project);
  const readings = await read();
  return withWarehouse(project, { readOnly: true, waitMs: options.waitMs ?? 10_000 }, (warehouse) =>
    proposeIn(warehouse, { ground, project, projectText: draft?.text, manifest, hints, readings, chosen }),
  );
};
