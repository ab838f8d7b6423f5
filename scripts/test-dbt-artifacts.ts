// The compiled SQL that the project keeps: read from a dbt manifest, compared with the committed files, written.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledFolder, type CompiledBuild, type ShopEngine } from './shop/build-targets.ts';

interface ManifestNode {
  readonly unique_id: string;
  readonly resource_type: string;
  readonly name: string;
  readonly schema: string;
  readonly database: string;
  readonly compiled_code?: string;
  readonly config: { readonly materialized?: string };
  readonly depends_on: { readonly nodes: readonly string[] };
}

interface Manifest {
  readonly nodes: Readonly<Record<string, ManifestNode>>;
}

/** File name inside the engine's folder to its text. */
export type Artifacts = ReadonlyMap<string, string>;

const modelsInOrder = (manifest: Manifest): readonly ManifestNode[] => {
  const models = Object.values(manifest.nodes).filter((node) => node.resource_type === 'model');
  const waiting = new Map(models.map((node) => [node.unique_id, node]));
  const ordered: ManifestNode[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()]
      .filter((node) => node.depends_on.nodes.every((parent) => !waiting.has(parent)))
      .toSorted((left, right) => left.name.localeCompare(right.name, 'en'));
    if (ready.length === 0) throw new Error('the models of the manifest form a cycle');
    for (const node of ready) waiting.delete(node.unique_id);
    ordered.push(...ready);
  }
  return ordered;
};

/** The compiled code without the name of the database, which differs from machine to machine. */
const withoutDatabase = (node: ManifestNode): string => {
  const code = node.compiled_code;
  if (code === undefined) throw new Error(`dbt left no compiled code for ${node.name}`);
  return `${code.replaceAll(`"${node.database}".`, '').trim()}\n`;
};

export const artifactsOf = async (manifestFile: string): Promise<Artifacts> => {
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest;
  const models = modelsInOrder(manifest);
  const build: CompiledBuild = {
    nodes: models.map((node) => {
      if (node.config.materialized !== 'table')
        throw new Error(`${node.name} is not materialized as a table`);
      return { name: node.name, schema: node.schema, kind: 'table', file: `${node.schema}/${node.name}.sql` };
    }),
  };
  return new Map([
    ['build.json', `${JSON.stringify(build, null, 2)}\n`],
    ...models.map((node) => [`${node.schema}/${node.name}.sql`, withoutDatabase(node)] as const),
  ]);
};

const committed = async (folder: string): Promise<Artifacts> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return new Map(files.map((file, index) => [relative(folder, file), texts[index] ?? '']));
};

/** Names of the files in which the committed artifacts differ from these. */
export const staleArtifacts = async (engine: ShopEngine, fresh: Artifacts): Promise<readonly string[]> => {
  const kept = await committed(fileURLToPath(compiledFolder(engine)));
  const names = new Set([...kept.keys(), ...fresh.keys()]);
  return [...names].filter((name) => kept.get(name) !== fresh.get(name)).toSorted();
};

export const writeArtifacts = async (engine: ShopEngine, fresh: Artifacts): Promise<void> => {
  const folder = fileURLToPath(compiledFolder(engine));
  await rm(folder, { recursive: true, force: true });
  for (const [name, text] of fresh) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
};
