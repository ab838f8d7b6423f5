// A source-first dictionary as written: `{source: {column: {target: column}}}`, from Python, JSON or YAML.
import type { Position } from '../../errors/tidemark-error.ts';
import type { Entry, FileText, Value } from '../../project/document.ts';
import { parseYaml } from '../../project/document.ts';
import { asText, found } from '../../project/fields.ts';
import { emptyFile } from '../../project/problems.ts';
import type { Report } from '../../project/problems.ts';
import {
  noDictionary,
  saidTwice,
  severalDictionaries,
  unknownVariable,
  wrongShape,
} from './import-problems.ts';
import { pythonDictionaries } from './python-literals.ts';

/** One column that feeds another. */
export interface Feed {
  readonly source: string;
  readonly column: string;
  readonly target: string;
  readonly to: string;
  /** None: the column as it is. */
  readonly expression: string | undefined;
  readonly at: Position;
}

export interface ReadShape {
  readonly file: FileText;
  readonly language: 'python' | 'yaml';
  /** Of a Python module: the name that the dict is assigned to. */
  readonly variable?: string | undefined;
}

export const readShape = (input: ReadShape, report: Report): readonly Feed[] => {
  const root = input.language === 'python' ? ofPython(input, report) : ofYaml(input.file, report);
  return root === undefined ? [] : feedsOf(unwrapped(root), report);
};

const ofYaml = (file: FileText, report: Report): Value | undefined => {
  const { root, broken, start } = parseYaml(file, report);
  if (root === undefined && !broken) report(emptyFile(start, '`{source: {column: {target: column}}}`'));
  return root;
};

const startOf = ({ file, text }: FileText): Position => ({
  file,
  line: 1,
  column: 1,
  length: 1,
  source: text.split('\n')[0] ?? '',
});

const ofPython = ({ file, variable }: ReadShape, report: Report): Value | undefined => {
  let failed = false;
  const all = pythonDictionaries(file, (problem) => {
    failed = true;
    report(problem);
  });
  const names = [...new Set(all.map(({ name }) => name))];
  if (variable !== undefined) {
    const chosen = all.findLast(({ name }) => name === variable);
    if (chosen === undefined && !failed) report(unknownVariable(startOf(file), variable, names));
    return chosen?.value;
  }
  const fitting = all.filter(({ value }) => isShape(value));
  const distinct = [...new Set(fitting.map(({ name }) => name))];
  if (distinct.length > 1) {
    report(severalDictionaries(startOf(file), distinct));
    return undefined;
  }
  const only = fitting.at(-1) ?? (names.length === 1 ? all.at(-1) : undefined);
  if (only === undefined && !failed)
    report(names.length === 0 ? noDictionary(startOf(file)) : severalDictionaries(startOf(file), names));
  return only?.value;
};

/** Three levels of mappings: other dicts of the module are none of ours. */
const isShape = (value: Value): boolean =>
  value.kind === 'mapping' &&
  value.entries.length > 0 &&
  value.entries.every(
    ({ value: columns }) =>
      columns.kind === 'mapping' && columns.entries.every(({ value: targets }) => targets.kind === 'mapping'),
  );

/** What `tidemark dictionary --json` printed holds the shape beside other things. */
const unwrapped = (root: Value): Value => {
  if (root.kind !== 'mapping') return root;
  const entry = (key: string): Entry | undefined => root.entries.find((each) => each.key.text === key);
  const schema = entry('schema')?.value;
  const inner = entry('dictionary')?.value;
  return schema?.kind === 'scalar' && schema.text === 'tidemark/dictionary/1' && inner !== undefined
    ? inner
    : root;
};

interface Named {
  readonly name: string;
  readonly value: Value;
  readonly at: Position;
}

const membersOf = (value: Value, what: string, expected: string, report: Report): readonly Named[] => {
  if (value.kind !== 'mapping') {
    report(wrongShape(value.at, what, expected, found(value)));
    return [];
  }
  const first = new Map<string, number>();
  return value.entries.flatMap(({ key, value: inner }) => {
    const name = key.text;
    const before = first.get(name);
    if (before !== undefined) report(saidTwice(key.at, name, before));
    first.set(name, key.at.line);
    if (name.trim() !== '') return [{ name, value: inner, at: key.at }];
    report(wrongShape(key.at, 'a name', 'a text', 'empty'));
    return [];
  });
};

const feedsOf = (root: Value, report: Report): readonly Feed[] =>
  membersOf(root, 'the dictionary', 'a mapping of sources', report).flatMap((source) =>
    membersOf(source.value, `source \`${source.name}\``, 'a mapping of columns', report).flatMap((column) =>
      membersOf(column.value, `\`${source.name}.${column.name}\``, 'a mapping of targets', report).flatMap(
        (target) => {
          const items = target.value.kind === 'list' ? target.value.items : [target.value];
          return items.flatMap((item) => {
            const to = columnOf(item, target, report);
            return to === undefined
              ? []
              : [{ source: source.name, column: column.name, target: target.name, ...to }];
          });
        },
      ),
    ),
  );

/** A name, or `{ column, expression }`. */
const columnOf = (
  value: Value,
  target: Named,
  report: Report,
): Pick<Feed, 'to' | 'expression' | 'at'> | undefined => {
  if (value.kind === 'mapping') {
    const part = (key: string) => {
      const inner = value.entries.find((entry) => entry.key.text === key)?.value;
      return inner === undefined ? undefined : asText(inner);
    };
    const [column, expression] = [part('column'), part('expression')];
    if (column !== undefined) return { to: column.text, expression: expression?.text, at: column.at };
  }
  const text = asText(value);
  if (text !== undefined) return { to: text.text, expression: undefined, at: text.at };
  report(
    wrongShape(value.at, `what feeds \`${target.name}\``, 'a column or a list of columns', found(value)),
  );
  return undefined;
};
