// What somebody asks to be merged into a history: versions from before it began.

type FileFormat = 'csv' | 'json' | 'parquet';

export interface OlderWish {
  /** The history. */
  readonly target: string;
  /** A file, or a table of the warehouse as SQL names it. */
  readonly from: string;
  /** Columns that are called otherwise there, by column of the history. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

const formats: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  parquet: 'parquet',
};

/** None where it names a table. */
export const fileFormat = ({ from }: OlderWish): FileFormat | undefined =>
  formats[/\.([a-z]+)$/i.exec(from)?.[1]?.toLowerCase() ?? ''];
