// Types that mappings name for the events of logs, as the warehouse itself writes them: what is compared with the
// columns of a mirror must be spelt the same.
import type { DeclaredType } from '../dictionary/detection.ts';
import { isLog, type Dictionary, type LogSource, type Source } from '../dictionary/dictionary.ts';
import { unknownType } from '../dictionary/log-problems.ts';
import { isTidemarkError, type Problem } from '../errors/tidemark-error.ts';
import { commas, id, sql, verbatim } from '../sql/fragment.ts';
import type { Warehouse } from '../warehouse/port.ts';

type Spelling = ReadonlyMap<string, string>;

const describe = async (warehouse: Warehouse, types: readonly string[]): Promise<Spelling> => {
  const values = types.map((type, place) => sql`cast(null as ${verbatim(type)}) as ${id(`t${place}`)}`);
  const columns = await warehouse.describe(sql`select ${commas(values)}`);
  return new Map(types.map((type, place) => [type, columns[place]?.type ?? type]));
};

/** Nothing where a type is not known; the connection's own failures are nobody's types. */
const tryDescribe = async (
  warehouse: Warehouse,
  types: readonly string[],
): Promise<Spelling | { readonly why: string }> => {
  try {
    return await describe(warehouse, types);
  } catch (error) {
    if (!isTidemarkError(error) || error.details['kind'] === 'connection') throw error;
    return { why: error.message };
  }
};

const blame = async (
  warehouse: Warehouse,
  declared: readonly DeclaredType[],
): Promise<readonly Problem[]> => {
  const problems: Problem[] = [];
  for (const { type, at } of declared) {
    const answer = await tryDescribe(warehouse, [type]);
    if ('why' in answer) problems.push(unknownType(at, type, answer.why));
  }
  return problems;
};

const respelt = (source: LogSource, spelling: Spelling): Source => {
  const spell = <T extends { readonly type: string }>(each: T): T => ({
    ...each,
    type: spelling.get(each.type) ?? each.type,
  });
  const typed = new Set(source.detect.types.map(({ column }) => column));
  const isJson = source.detect.image.kind === 'json';
  const own = <T extends { readonly name: string; readonly type: string }>(each: T): T =>
    isJson && typed.has(each.name) ? spell(each) : each;
  return {
    ...source,
    key: source.key.map(own),
    columns: source.columns.map(own),
    detect: {
      ...source.detect,
      sequence: source.detect.sequence.map((each) => (each.converted ? spell(each) : each)),
    },
  };
};

export interface TypedLogs {
  readonly dictionary: Dictionary;
  readonly problems: readonly Problem[];
}

export const spellLogTypes = async (warehouse: Warehouse, dictionary: Dictionary): Promise<TypedLogs> => {
  const declared = dictionary.sources.flatMap((source) => (isLog(source) ? source.detect.types : []));
  const types = [...new Set(declared.map(({ type }) => type))];
  if (types.length === 0) return { dictionary, problems: [] };
  const spelling = await tryDescribe(warehouse, types);
  if ('why' in spelling) return { dictionary, problems: await blame(warehouse, declared) };
  const sources = dictionary.sources.map((source) => (isLog(source) ? respelt(source, spelling) : source));
  return { dictionary: { ...dictionary, sources }, problems: [] };
};
