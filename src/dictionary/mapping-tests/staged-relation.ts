// What tests are staged from: the sources and targets that rows are given of, and what is known of their tables.
import type { Column } from '../../sql/dialect.ts';
import type { Catalog } from '../catalog.ts';
import type { RawDictionary } from '../raw.ts';
import type { Naming } from '../tables.ts';

/** A source or target that rows are given of. */
export interface StagedRelation {
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly key: readonly string[];
  /** Of a target that is yet to be made: none. */
  readonly columns: readonly Column[] | undefined;
  /** Columns that take no NULL. */
  readonly filled: ReadonlySet<string>;
  /** Its rows are told by events; `time` is the column that says when one happened. */
  readonly log?: { readonly time: string | undefined } | undefined;
}

export interface Surroundings {
  readonly raw: RawDictionary;
  readonly naming: Naming;
  readonly catalog: Catalog;
}
