// What our objects are called, and which columns our tables have. Names are upper case, so that people can type them
// without quotes; the columns that we add all start with TIDEMARK_.
import type { Source, Target } from '../dictionary/dictionary.ts';
import { isLog } from '../dictionary/dictionary.ts';
import type { Column } from '../sql/dialect.ts';
import type { PipelineSettings } from './pipeline.ts';
import { at, quotedTable } from './quote.ts';

export const objectName = (...words: readonly string[]): string => words.join('_').toUpperCase();

const named = (settings: PipelineSettings, ...words: readonly string[]): string =>
  quotedTable({ ...settings.place, name: objectName(...words) });

/** The number of the last capture, in one row. */
export const batchTable = (settings: PipelineSettings): string => named(settings, 'batch');
export const rejectedTable = (settings: PipelineSettings): string => named(settings, 'rejected');
/** What alerts noted. */
export const alertsTable = (settings: PipelineSettings): string => named(settings, 'alerts_raised');
/** Which text each object was made of. */
export const deployedTable = (settings: PipelineSettings): string => named(settings, 'deployed');
export const streamName = (settings: PipelineSettings, source: Source): string =>
  named(settings, 'stream', source.name);
/** What a stream showed, until it is parsed. */
export const landedTable = (settings: PipelineSettings, source: Source): string =>
  named(settings, 'landed', source.name);
/** The events of a source, typed: all of them where a history reads it, else the last ones. */
export const eventsTable = (settings: PipelineSettings, source: Source): string =>
  named(settings, 'events', source.name);
/** One row per key, deleted ones too. */
export const currentTable = (settings: PipelineSettings, source: Source): string =>
  named(settings, 'current', source.name);
/** The rows of CURRENT as each batch found and left them. */
export const changesTable = (settings: PipelineSettings, source: Source): string =>
  named(settings, 'changes', source.name);
/** How far a routine came, in one row. */
export const positionTable = (settings: PipelineSettings, routine: string): string =>
  named(settings, 'position', routine);
export const affectedTable = (settings: PipelineSettings, target: Target): string =>
  named(settings, 'affected', target.name);
export const desiredTable = (settings: PipelineSettings, target: Target): string =>
  named(settings, 'desired', target.name);

export const parseRoutine = (source: Source): string => objectName('parse', source.name);
export const applyRoutine = (target: Target): string => objectName('apply', target.name);
export const reconcileRoutine = (target: Target): string => objectName('reconcile', target.name);

const number = (name: string): Column => ({ name, type: 'NUMBER(38,0)', nullable: true });
const moment = (name: string): Column => ({ name, type: 'TIMESTAMP_NTZ(6)', nullable: true });
const text = (name: string): Column => ({ name, type: 'VARCHAR', nullable: true });

export const batchColumns: readonly Column[] = [number('NUMBER'), moment('AT')];

export const positionColumns: readonly Column[] = [
  number('PREVIOUS'),
  number('BATCH'),
  moment('PREVIOUS_AT'),
  moment('AT'),
  // The greatest surrogate key that was ever given.
  number('TOP'),
];

export const alertColumns: readonly Column[] = [moment('AT'), text('NAME'), text('WHAT')];

export const deployedColumns: readonly Column[] = [text('OBJECT'), text('HASH'), moment('AT')];

export const rejectedColumns: readonly Column[] = [
  text('SOURCE'),
  number('BATCH'),
  moment('AT'),
  text('REASON'),
  text('EVENT'),
];

const withoutNotNull = (columns: readonly Column[]): readonly Column[] =>
  columns.map(({ name, type }) => ({ name, type, nullable: true }));

/** Number columns that order the events of a key. */
export const sequenceColumns = (source: Source): readonly Column[] =>
  isLog(source)
    ? source.detect.sequence.map(({ type }, place) => ({
        name: `TIDEMARK_SEQUENCE_${place + 1}`,
        type,
        nullable: true,
      }))
    : [number('TIDEMARK_SEQUENCE_1')];

export const eventColumns = (source: Source): readonly Column[] => [
  number('TIDEMARK_BATCH'),
  moment('TIDEMARK_AT'),
  text('TIDEMARK_OPERATION'),
  moment('TIDEMARK_HAPPENED'),
  ...sequenceColumns(source),
  text('TIDEMARK_IDENTITY'),
  ...withoutNotNull(source.columns),
];

export const currentColumns = (source: Source): readonly Column[] => [
  { name: 'TIDEMARK_DELETED', type: 'BOOLEAN', nullable: false },
  ...sequenceColumns(source),
  text('TIDEMARK_IDENTITY'),
  ...withoutNotNull(source.columns),
];

export const changeColumns = (source: Source): readonly Column[] => [
  number('TIDEMARK_BATCH'),
  ...withoutNotNull(source.columns),
];

export const keyNames = (source: Source): readonly string[] => source.key.map(({ name }) => name);

/** `a."ID" = b."ID" and …` */
export const sameKeys = (left: string, right: string, names: readonly string[]): string =>
  names.map((name) => `${at(left, name)} = ${at(right, name)}`).join(' and ');
