// The proof of an undo: every cell that the undone batches wrote into a target returns to what it was before them,
// and every row to being there or not. Asked of the images and, for rows without one, of the table.
import { commas, id, ors, sql, table, type Fragment } from '../../sql/fragment.ts';
import { afterName, keyName } from '../../sql/images.ts';
import { keysMatch } from '../../sql/keys.ts';
import { asRecorded } from '../../sql/redacted.ts';
import { told, was, type UndoneTable } from '../../sql/undone.ts';
import { nearlySame } from '../near.ts';
import type { TargetWork } from '../target-work.ts';

export interface Proof {
  readonly work: TargetWork;
  readonly undone: UndoneTable;
  /** What redacted values were hidden with. */
  readonly redactKey?: string | undefined;
  /** The target has images in this batch. */
  readonly changed: boolean;
}

const same = ({ work, undone }: Proof, alias: string, name: (column: string) => string): Fragment =>
  keysMatch(
    work.dialect,
    undone.key,
    (column) => id(alias, name(column)),
    (column) => id('u', keyName(undone, column)),
  );

const keysOf = ({ undone }: Proof): Fragment =>
  commas(undone.key.map(({ name }) => sql`${id('u', keyName(undone, name))} as ${id(name)}`));

/** Rows of others may go without us: that they are gone proves nothing against us. */
const mustBeThere = ({ work }: Proof): Fragment =>
  work.target.rows === 'update-only' ? sql`false` : sql`u.was`;

const rowIsWrong = (proof: Proof, present: Fragment, value: (column: string) => Fragment): Fragment => {
  const { work, undone } = proof;
  const cells = undone.columns.map(({ name, type }) => {
    const mapped = work.target.columns.find((column) => column.name === name);
    const must = was(undone, 'u', name);
    const is =
      mapped === undefined ? value(name) : asRecorded(work.dialect, mapped, value(name), proof.redactKey);
    const near = mapped?.redacted === true ? undefined : nearlySame(work, mapped, is, must);
    const differs = work.dialect.differs(is, must, type);
    const wrong = near === undefined ? differs : sql`(${differs} and not coalesce(${near}, false))`;
    return sql`(${told(undone, 'u', name)} and ${wrong})`;
  });
  return sql`case when ${present} then not u.was or ${ors(cells)} else ${mustBeThere(proof)} end`;
};

/** Keys of rows that do not return to what they were. */
export const unproved = (proof: Proof, limit: number): Fragment => {
  const { work, undone, changed } = proof;
  const { images } = work.scratch;
  const wrongImage = rowIsWrong(proof, sql`i.op <> 'D'`, (name) => id('i', afterName(images, name)));
  const wrongRow = rowIsWrong(proof, sql`t."tidemark.present" is not null`, (name) => id('t', name));
  const columns = commas(work.target.tableColumns.map(({ name }) => id('c', name)));
  const rows = work.target.exists
    ? sql`(select true as "tidemark.present", ${columns} from ${table(work.target.table)} as c)`
    : undefined;
  const byImage = same(proof, 'i', (name) => keyName(images, name));
  const without = changed
    ? sql`not exists (select 1 from ${table(images.table)} as i where ${byImage})`
    : sql`true`;
  const parts = [
    ...(changed
      ? [
          sql`select ${keysOf(proof)} from ${table(undone.table)} as u join ${table(images.table)} as i on ${byImage} where ${wrongImage}`,
        ]
      : []),
    ...(rows === undefined
      ? []
      : [
          sql`select ${keysOf(proof)} from ${table(undone.table)} as u left join ${rows} as t on ${same(proof, 't', (name) => name)} where ${without} and ${wrongRow}`,
        ]),
  ];
  if (parts.length === 0) return sql`select 1 as found where false`;
  return sql`select w.*, count(*) over () as "tidemark.rows" from (${sql.join(parts, sql` union all `)}) as w limit ${sql.lit(limit)}`;
};
