// Descriptions and meta of columns, put as lines of our own into a YAML file in which somebody describes a model.
import { isMap, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { columnMeta, inline, type DocumentedColumn, type DocumentedTarget } from './documented.ts';
import { lineBreakOf, ourLine, withoutOurs } from './our-lines.ts';
import { takenOut, unreadable } from './taken-out.ts';
import { contentOf, parseText } from './yaml-content.ts';
import * as at from './yaml-places.ts';

export interface Described {
  readonly text: string;
  /** Why something of a target stays untold, by its name. */
  readonly left: ReadonlyMap<string, readonly string[]>;
  /** Why the file is left as it is, where it is. */
  readonly kept: string | undefined;
}

interface Insertion {
  readonly offset: number;
  readonly lines: readonly string[];
}

interface Work {
  readonly text: string;
  readonly meta: 'config' | 'node';
  readonly target: DocumentedTarget;
  readonly insertions: Insertion[];
  readonly left: Set<string>;
}

const ourMeta = (column: DocumentedColumn, { target }: Work): string =>
  `tidemark: ${inline(columnMeta(column, target.mapping))}`;

const metaLine = (column: DocumentedColumn, work: Work): string =>
  work.meta === 'config' ? `config: {meta: {${ourMeta(column, work)}}}` : `meta: {${ourMeta(column, work)}}`;

/** At the head of a mapping that stands on lines of its own. */
const atHead = (map: YAMLMap, line: string, { text, insertions }: Work): void => {
  const first = at.firstKey(map);
  insertions.push({
    offset: at.lineStart(text, first),
    lines: [at.indentAt(text, first) + ourLine(line)],
  });
};

/** Where there is a meta already, ours stands in it. */
const addMeta = (map: YAMLMap, column: DocumentedColumn, work: Work): string | undefined => {
  const own = at.pairAt(map, 'meta');
  const config = at.pairAt(map, 'config');
  if (own === undefined && config === undefined) return metaLine(column, work);
  const within = own?.value ?? (isMap(config?.value) ? at.pairAt(config.value, 'meta')?.value : undefined);
  if (own === undefined && within === undefined && at.isBlockMap(config?.value))
    atHead(config.value, `meta: {${ourMeta(column, work)}}`, work);
  else if (at.isBlockMap(within) && at.pairAt(within, 'tidemark') === undefined)
    atHead(within, ourMeta(column, work), work);
  else work.left.add(`\`meta\` of \`${column.name}\` stands on one line, or has a \`tidemark\` of its own`);
  return undefined;
};

const describe = (map: YAMLMap, column: DocumentedColumn, work: Work): void => {
  const { text, insertions, left } = work;
  const name = at.pairAt(map, 'name');
  if (name === undefined || !at.isBlockMap(map)) {
    left.add(`\`${column.name}\` is written on one line`);
    return;
  }
  const description =
    at.pairAt(map, 'description') === undefined ? [`description: ${inline(column.description)}`] : [];
  const meta = addMeta(map, column, work);
  const lines = [...description, ...(meta === undefined ? [] : [meta])];
  const indent = at.indentAt(text, at.firstKey(map));
  if (lines.length > 0)
    insertions.push({
      offset: at.lineEnd(text, at.endOf(name, text)),
      lines: lines.map((line) => indent + ourLine(line)),
    });
};

const newColumn = (column: DocumentedColumn, indent: string, work: Work): readonly string[] =>
  [
    `- name: ${inline(column.name)}`,
    `  description: ${inline(column.description)}`,
    `  ${metaLine(column, work)}`,
  ].map((line) => indent + ourLine(line));

const addColumns = (
  entry: YAMLMap,
  known: YAMLSeq | undefined,
  columns: readonly DocumentedColumn[],
  work: Work,
): void => {
  const { text, insertions, target, left } = work;
  if (columns.length === 0) return;
  if (target.node?.hasContract === true) {
    left.add('its contract wants a type for each column that is named');
    return;
  }
  const last = known?.items.at(-1);
  if (last !== undefined) {
    const indent = at.indentAt(text, at.dashBefore(text, last));
    insertions.push({
      offset: at.lineEnd(text, at.endOf(last, text)),
      lines: columns.flatMap((column) => newColumn(column, indent, work)),
    });
    return;
  }
  const indent = at.indentAt(text, at.firstKey(entry));
  insertions.push({
    offset: at.lineEnd(text, at.endOf(entry, text)),
    lines: [
      indent + ourLine('columns:'),
      ...columns.flatMap((column) => newColumn(column, `${indent}  `, work)),
    ],
  });
};

const describeEntry = (entry: YAMLMap, work: Work): void => {
  const { target, left } = work;
  const columns = at.pairAt(entry, 'columns')?.value;
  const hasColumns = at.pairAt(entry, 'columns') !== undefined;
  if (at.pairAt(entry, 'versions') !== undefined) {
    left.add('it has versions: its columns are described for all of them at once');
  } else if (!at.isBlockMap(entry) || (hasColumns && (!isSeq(columns) || columns.flow === true))) {
    left.add('it is written on one line, or its columns are');
  } else if (at.isShared(entry)) {
    left.add('anchors of YAML would carry the lines elsewhere');
  } else {
    const known = isSeq(columns) ? columns : undefined;
    const maps = (known?.items ?? []).filter(isMap);
    const added: DocumentedColumn[] = [];
    for (const column of target.columns) {
      const map = maps.find((each) => at.textOf(each, 'name')?.toLowerCase() === column.name.toLowerCase());
      if (map === undefined) added.push(column);
      else describe(map, column, work);
    }
    addColumns(entry, known, added, work);
  }
};

const withLines = (text: string, insertions: readonly Insertion[]): string => {
  const lineBreak = lineBreakOf(text);
  let [result, from] = ['', 0];
  // Lines for one place stay in the order in which they were asked for.
  for (const { offset, lines } of insertions.toSorted((one, other) => one.offset - other.offset)) {
    result += text.slice(from, offset);
    if (result !== '' && !result.endsWith('\n')) result += lineBreak;
    result += lines.map((line) => line + lineBreak).join('');
    from = offset;
  }
  result += text.slice(from);
  // Where theirs ends without a line break ours does: without ours it is theirs again, byte for byte.
  return from === text.length && !text.endsWith('\n') ? result.replace(/\r?\n$/, '') : result;
};

const entryKinds = ['models', 'snapshots'] as const;

/** Entries that describe models and snapshots, by the name of the node. */
const entriesIn = (root: unknown): ReadonlyMap<string, YAMLMap> => {
  const found = new Map<string, YAMLMap>();
  if (!isMap(root)) return found;
  for (const kind of entryKinds) {
    const list = at.pairAt(root, kind)?.value;
    for (const entry of isSeq(list) ? list.items : []) {
      const name = isMap(entry) ? at.textOf(entry, 'name') : undefined;
      if (isMap(entry) && name !== undefined) found.set(`${kind}.${name}`, entry);
    }
  }
  return found;
};

export const entryName = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  `${kind}s.${name}`;

/** Which nodes a file describes; none where it is no YAML that can be read. */
export const describedIn = (text: string): ReadonlySet<string> | undefined => {
  const document = [text, withoutOurs(text)].map(parseText).find(({ errors }) => errors.length === 0);
  return document && new Set(entriesIn(document.contents).keys());
};

const asItIs = (text: string, targets: readonly DocumentedTarget[], kept: string): Described => ({
  text,
  kept,
  left: new Map(targets.map(({ name }) => [name, ['its file is left as it is']])),
});

/** The text anew: what we wrote before is gone, and what these targets say now stands there. */
export const describeIn = (
  given: string,
  targets: readonly DocumentedTarget[],
  meta: 'config' | 'node',
): Described => {
  const { text, kept } = takenOut(given);
  const left = new Map<string, readonly string[]>();
  if (kept !== undefined) return asItIs(given, targets, kept);
  if (targets.length === 0) return { text, left, kept };
  const content = contentOf(text);
  if (content === undefined) return asItIs(given, targets, unreadable);
  const entries = entriesIn(parseText(text).contents);
  const insertions: Insertion[] = [];
  for (const target of targets) {
    const entry = target.node === undefined ? undefined : entries.get(entryName(target.node));
    if (entry === undefined) continue;
    const work = { text, meta, target, insertions, left: new Set<string>() };
    describeEntry(entry, work);
    if (work.left.size > 0) left.set(target.name, [...work.left]);
  }
  const result = withLines(text, insertions);
  // Whatever we did not think of: what they wrote says what it said, and can be had back.
  const isSafe = contentOf(result) === content && withoutOurs(result) === text;
  return isSafe ? { text: result, left, kept } : asItIs(given, targets, 'lines of ours would break it');
};
