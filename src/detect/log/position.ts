// How far a log was read: the arrival of its newest row. Rows before it are read again as far as the overlap reaches,
// since a lower arrival may be committed later; rows without one are read every time.
import type { LogSource } from '../../dictionary/dictionary.ts';
import type { Column, Dialect } from '../../sql/dialect.ts';
import { id, sql, table, verbatim, type Fragment, type Statement } from '../../sql/fragment.ts';

export interface LogBounds {
  /** Arrivals as text; NULL where there is no row with one. */
  readonly first: string | null;
  readonly last: string | null;
  /** The newest row is older than the position: the log was truncated, or restored. */
  readonly rewound: boolean | null;
  /** The position from now on. */
  readonly position: string | null;
}

const isTime = (dialect: Dialect, type: string): boolean => /^(date|timestamp)/.test(dialect.baseType(type));

/** A row stamped 2099 must not hide the next ones: a time is believed up to the moment of the freeze. */
export const readBounds = (
  dialect: Dialect,
  source: LogSource,
  arrival: Column,
  of: { readonly position: string | undefined; readonly moment: string },
): Statement<LogBounds> => {
  const type = verbatim(arrival.type);
  const old = sql`cast(${of.position ?? null} as ${type})`;
  const now = sql`cast(cast(${of.moment} as timestamptz) as ${type})`;
  const seen = isTime(dialect, arrival.type)
    ? sql`case when b.newest > ${now} then ${now} else b.newest end`
    : sql`b.newest`;
  return sql<LogBounds>`select cast(b.oldest as varchar) as first, cast(b.newest as varchar) as last, b.newest < ${old} as rewound,
  cast(case when b.newest is null then ${old} when ${old} is null or ${seen} > ${old} then ${seen} else ${old} end as varchar) as position
from (select min(${id('l', arrival.name)}) as oldest, max(${id('l', arrival.name)}) as newest from ${table(source.table)} as l) as b`;
};

/** Whole numbers are counted back here: an unsigned one cannot go below zero in the warehouse. */
const countedBack = (position: string, rows: number, type: string): Fragment => {
  const typed = verbatim(type);
  if (!/^-?\d+$/.test(position)) return sql`cast(${position} as ${typed}) - ${sql.lit(rows)}`;
  const from = BigInt(position) - BigInt(rows);
  const least = /^u/i.test(type) && from < 0n ? 0n : from;
  return sql`cast(${String(least)} as ${typed})`;
};

/** Where a reading begins: the position, less the overlap. */
export const readingStart = (
  dialect: Dialect,
  source: LogSource,
  arrival: Column,
  position: string,
): Fragment => {
  const { overlap } = source.detect;
  return overlap.kind === 'time'
    ? dialect.minus(sql`cast(${position} as ${verbatim(arrival.type)})`, overlap.ms)
    : countedBack(position, overlap.rows, arrival.type);
};
