// The architecture as rules over sources. Each answers with sentences about what breaks it.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { computedName, type Import, type Source } from './source.ts';

export type Rule = (sources: readonly Source[]) => readonly string[];

/** A file may import from its own folder and from those further left. */
const order = [
  'errors',
  'sql',
  'dbt',
  'project',
  'dictionary',
  'graph',
  'detect',
  'reconcile',
  'snowflake-pipeline',
  'warehouse',
  'store',
  'observe',
  'batch',
  'cli',
];

/** An adapter knows nothing of what the engine does with it. */
const onlyFrom: Readonly<Record<string, readonly string[]>> = { warehouse: ['errors', 'sql', 'project'] };

const pureFolders = ['errors', 'sql', 'dictionary', 'graph', 'detect', 'reconcile', 'snowflake-pipeline'];

const roots = ['main.ts', 'index.ts'];

const drivers: readonly (readonly [name: RegExp, engine: string])[] = [
  [/^pg($|[-/])/, 'postgres'],
  [/^@duckdb\//, 'duckdb'],
  [/^snowflake-sdk($|\/)/, 'snowflake'],
];

const impure = [
  /^(console|process|globalThis|performance|crypto)$/,
  /^(Date\.now|Math\.random|new Date\(\)|Date\(\))$/,
  /^(fetch|setTimeout|setInterval|setImmediate|queueMicrotask)\(\)$/,
];

const longest = 300;

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** The engine whose adapter the file belongs to. */
const engineOf = (path: string): string | undefined => /^warehouse\/([^/]+)\//.exec(path)?.[1];

const isRelative = (specifier: string): boolean => /^\.{1,2}\//.test(specifier);

const resolved = (source: Source, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(source.path), specifier));

const place = (source: Source, { line }: { readonly line: number }): string => `src/${source.path}:${line}`;

const everyImport = (
  sources: readonly Source[],
  broken: (source: Source, found: Import) => string | undefined,
): readonly string[] =>
  sources.flatMap((source) =>
    source.imports.flatMap((found) => {
      const why = broken(source, found);
      return why === undefined ? [] : [`${place(source, found)} ${why}`];
    }),
  );

const allowedFrom = (folder: string): readonly string[] =>
  onlyFrom[folder] ?? order.slice(0, folder === '' ? order.length : order.indexOf(folder));

export const directions: Rule = (sources) =>
  everyImport(sources, (source, { specifier }) => {
    if (specifier === computedName) return 'imports a computed name: nobody can tell what';
    if (!isRelative(specifier)) return undefined;
    const target = resolved(source, specifier);
    if (target.startsWith('..')) return `leaves src: ${specifier}`;
    const [from, to] = [folderOf(source.path), folderOf(target)];
    if (from !== '' && from === to) return undefined;
    return allowedFrom(from).includes(to) ? undefined : `imports ${target} against the direction`;
  });

export const folders: Rule = (sources) =>
  sources
    .filter(({ path }) => (folderOf(path) === '' ? !roots.includes(path) : !order.includes(folderOf(path))))
    .map(({ path }) => `src/${path} has no place in the order of folders`);

export const lazyDrivers: Rule = (sources) =>
  everyImport(sources, (source, { specifier, kind }) => {
    const engine = drivers.find(([name]) => name.test(specifier))?.[1];
    if (engine === undefined) return undefined;
    if (engineOf(source.path) !== engine) return `imports ${specifier} outside warehouse/${engine}`;
    return kind === 'static' ? `imports ${specifier} at once: a driver loads when it is needed` : undefined;
  });

export const separateAdapters: Rule = (sources) =>
  everyImport(sources, (source, { specifier }) => {
    const own = engineOf(source.path);
    const other = isRelative(specifier) ? engineOf(resolved(source, specifier)) : undefined;
    return own === undefined || other === undefined || own === other
      ? undefined
      : `imports the adapter of ${other} into that of ${own}`;
  });

const isBuiltIn = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(specifier);

/** The pure folders, and whatever else runs when they do: an effect is no better for being one import away. */
const heldPure = (sources: readonly Source[]): readonly Source[] => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const held = new Set(sources.filter(({ path }) => pureFolders.includes(folderOf(path))));
  // A set hands out what is added while it is walked.
  for (const source of held) {
    for (const { specifier, kind } of source.imports) {
      const target = kind === 'type' ? undefined : byPath.get(resolved(source, specifier));
      if (target !== undefined) held.add(target);
    }
  }
  return [...held];
};

export const purity: Rule = (sources) => {
  const pure = heldPure(sources);
  const imports = everyImport(pure, (source, { specifier }) => {
    // Joining paths is work on text; the pure folders themselves have no paths to join.
    if (specifier === 'node:path' && !pureFolders.includes(folderOf(source.path))) return undefined;
    return isBuiltIn(specifier) ? `imports ${specifier} and must be pure` : undefined;
  });
  const mentions = pure.flatMap((source) =>
    source.mentions
      .filter(({ name }) => impure.some((pattern) => pattern.test(name)))
      .map((mention) => `${place(source, mention)} mentions ${mention.name} and must be pure`),
  );
  return [...imports, ...mentions];
};

export const singleExit: Rule = (sources) => {
  const elsewhere = sources.filter(({ path }) => path !== 'main.ts');
  const imports = everyImport(elsewhere, (_source, { specifier }) =>
    /^(node:)?process$/.test(specifier)
      ? `imports ${specifier}: the global does, and can be checked`
      : undefined,
  );
  const mentions = elsewhere.flatMap((source) =>
    source.mentions
      .filter(({ name }) => /^process\.(exit|exitCode|abort|reallyExit)$/.test(name))
      .map(
        (mention) => `${place(source, mention)} mentions ${mention.name}: only src/main.ts ends the process`,
      ),
  );
  return [...imports, ...mentions];
};

export const names: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const parts = path.replace(/\.ts$/, '').split('/');
    const vague = parts.find((part) => /^(utils?|commons?|helpers?|misc)$/.test(part));
    if (vague !== undefined) return [`src/${path}: \`${vague}\` says nothing`];
    return parts.at(-1) === 'index' && path !== 'index.ts' ? [`src/${path} is a barrel`] : [];
  });

export const sizes: Rule = (sources) =>
  sources
    .filter(({ lines }) => lines > longest)
    .map(({ path, lines }) => `src/${path} has ${lines} lines, ${longest} are allowed`);

/** Each cycle once, as the way round from the file that was met first. Imports of types count. */
export const cycles: Rule = (sources) => {
  const targets = new Map(
    sources.map((source) => [
      source.path,
      source.imports
        .filter(({ specifier }) => isRelative(specifier))
        .map(({ specifier }) => resolved(source, specifier)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const follow = (path: string, way: readonly string[]): void => {
    const met = way.indexOf(path);
    if (met !== -1) found.push(`src/${[...way.slice(met), path].join(' → src/')}`);
    if (met !== -1 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) follow(path, []);
  return found;
};
