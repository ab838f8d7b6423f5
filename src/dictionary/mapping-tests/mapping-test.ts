// A mapping test as written: rows that sources hold, how they change, and what the target must hold then.
import type { Position } from '../../errors/tidemark-error.ts';
import type { Scalar } from '../../project/document.ts';

export interface TestCell {
  readonly column: Scalar;
  /** As the warehouse reads it into the column's type; null is NULL. */
  readonly text: string | null;
  readonly at: Position;
}

export interface TestRow {
  readonly cells: readonly TestCell[];
  /** In `when`: the row with this key goes. */
  readonly deleted: boolean;
  readonly at: Position;
}

/** Rows of one source or target; `this` is the target itself. */
export interface TestRows {
  readonly relation: Scalar;
  readonly rows: readonly TestRow[];
}

export type TestStep = readonly TestRows[];

export interface MappingTest {
  readonly name: Scalar;
  readonly given: TestStep;
  /** Each step is a batch of its own. */
  readonly when: readonly TestStep[];
  readonly expect: readonly TestRow[];
}
