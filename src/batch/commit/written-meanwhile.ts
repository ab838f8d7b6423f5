// A guarded write wrote fewer rows than it had images: somebody else wrote the table after it was computed.
import type { GuardedWrite } from '../../reconcile/write.ts';
import type { Session } from '../../warehouse/port.ts';

export class WrittenMeanwhile extends Error {
  override readonly name = 'WrittenMeanwhile';
  readonly relation: string;

  constructor(relation: string, write: Pick<GuardedWrite, 'rows' | 'does'>, written: number) {
    super(
      `\`${relation}\` was written by somebody else: the ${write.does} reached ${written} of ${write.rows} rows`,
    );
    this.relation = relation;
  }
}

/** A statement of the commit failed on account of one target (a constraint, a value): the others can go on. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
  readonly relation: string;

  constructor(relation: string, cause: unknown) {
    super(`\`${relation}\` could not be written`, { cause });
    this.relation = relation;
  }
}

export const writeGuarded = async (
  session: Session,
  relation: string,
  write: GuardedWrite,
): Promise<void> => {
  const written = await session.execute(write.statement);
  if (written !== write.rows) throw new WrittenMeanwhile(relation, write, written);
};
