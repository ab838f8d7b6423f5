// The proposals as mapping files, for people to read: who says that a key is one, how many rows agreed, and what was
// left out for which reason.
import { inFlow, nameList, oneLine, qualified, sqlName, yaml } from '../../dictionary/import/yaml-words.ts';
import { nodeName } from '../../dbt/nodes.ts';
import type { SchemaName } from '../../project/project.ts';
import { showTable, type TableName } from '../../sql/table-name.ts';
import type {
  Candidate,
  Form,
  HistoryForm,
  Match,
  ProvenKey,
  SourceProposal,
  ThisForm,
  Tried,
} from './proposal.ts';

const comment = (text: string): string => `   # ${oneLine(text)}`;

const keyPart = ({ name, nullable }: ProvenKey['columns'][number]): string =>
  nullable ? `{ column: ${inFlow(name)}, nullable: true }` : inFlow(name);

const keyText = ({ columns, why, guessed }: ProvenKey): string => {
  const names = columns.map(({ name }) => name);
  const list = columns.some(({ nullable }) => nullable)
    ? `[${columns.map(keyPart).join(', ')}]`
    : nameList(names);
  return `${list}${comment(guessed ? `guessed: ${why}` : why)}`;
};

export const writtenTable = ({ database, schema, name }: TableName): string =>
  [database, schema, name].flatMap((part) => (part === undefined ? [] : [sqlName(part)])).join('.');

const placeOfSource = ({ node, table, name }: SourceProposal, staging: SchemaName): readonly string[] => {
  if (node?.kind === 'source') return [`    dbt_source: ${yaml(`${node.group ?? ''}.${node.name}`)}`];
  if (node !== undefined) return [`    model: ${yaml(nodeName(node))}`];
  const goesWithoutSaying = table.schema === staging.schema && table.name === name;
  return goesWithoutSaying ? [] : [`    table: ${yaml(writtenTable(table))}`];
};

const sourceLines = (source: SourceProposal, staging: SchemaName): readonly string[] => [
  `  ${yaml(source.name)}:`,
  ...placeOfSource(source, staging),
  `    key: ${keyText(source.key)}`,
  ...(source.updatedAt === undefined
    ? []
    : [`    updated_at: ${yaml(source.updatedAt)}${comment("dbt's snapshot relies on it")}`]),
  ...source.times.flatMap(({ column, key }) =>
    column === source.updatedAt
      ? []
      : [
          `    # ${key}: ${yaml(column)}${comment(`only if it moves with every change of ${showTable(source.table)}: then less is read`)}`,
        ],
  ),
];

/** Those that only a mapping that is not enabled would read are written as comments. */
export const sourcesFile = (
  sources: readonly SourceProposal[],
  waiting: readonly SourceProposal[],
  staging: SchemaName,
): string => {
  const lines = ['# Proposed by `tidemark init`.', 'sources:'];
  for (const source of sources) lines.push(...sourceLines(source, staging));
  if (waiting.length > 0) lines.push('  # Read only by mappings that are not enabled:');
  for (const source of waiting)
    lines.push(...sourceLines(source, staging).map((line) => line.replace(/^ {2}(?:# )?/, '  # ')));
  return `${lines.join('\n')}\n`;
};

export const matchText = ({ percent, rows, different, missing, extra }: Match): string => {
  if (percent === null) return 'there are no rows to compare';
  const all = rows.toLocaleString('en');
  if (percent === 100) return `100 % of ${all} ${rows === 1 ? 'row' : 'rows'} match`;
  return `${percent} % of the rows match: ${different} of ${all} differ, ${missing} are missing from the table, ${extra} are only in it; was it built before its sources changed? \`dbt build\` first`;
};

const passedLines = (columns: ThisForm['columns']): readonly string[] =>
  columns.map(({ name, source, column }) => `  ${yaml(name)}: ${yaml(qualified(source, column))}`);

const thisLines = ({ joins, columns }: ThisForm): readonly string[] => [
  '# Its rows and its other columns stay those of their builder.',
  'join:',
  ...joins.map(({ source, on }) => {
    const parts = on.map(({ own, key }) => `${qualified('this', own)} = ${qualified(source, key)}`);
    return `  ${yaml(source)}: ${yaml(parts.join(' and '))}`;
  }),
  'columns:',
  ...passedLines(columns),
];

const historyLines = ({ from, columns, hardDeletes, track }: HistoryForm): readonly string[] => {
  const settings = [
    'preset: dbt_snapshot',
    ...(hardDeletes === undefined ? [] : [`hard_deletes: ${hardDeletes}`]),
    ...(track === undefined ? [] : [`track: [${track.map(inFlow).join(', ')}]`]),
  ];
  return [`from: ${yaml(from)}`, 'columns:', ...passedLines(columns), `history: { ${settings.join(', ')} }`];
};

const formLines = (form: Form, { node, written }: Candidate): readonly string[] => {
  switch (form.kind) {
    case 'model':
      return [`model: ${yaml(node === undefined ? written : nodeName(node))}`];
    case 'this':
      return thisLines(form);
    case 'history':
      return historyLines(form);
    default:
      return form satisfies never;
  }
};

export const targetFile = (
  { candidate, form, match, notices }: Omit<Tried, 'refused'>,
  enabled: boolean,
): string => {
  const said = match === undefined ? [] : [matchText(match)];
  const origin =
    candidate.node === undefined ? '' : ` of the dbt ${candidate.node.kind} ${nodeName(candidate.node)}`;
  return `${[
    `# Proposed by \`tidemark init\`${origin}${enabled && said.length > 0 ? `: ${said.join()}.` : '.'}`,
    ...notices.map((notice) => `# ${oneLine(notice)}`),
    `target: ${yaml(candidate.written)}`,
    ...(enabled ? [] : [`enabled: false${comment(said.join() || 'not looked at')}`]),
    `key: ${keyText(candidate.key)}`,
    ...formLines(form, candidate),
  ].join('\n')}\n`;
};
