// JSON objects built in the warehouse as text. The engines' own functions differ, drop NULLs or take at most
// a hundred arguments; concatenation does not.
import { call } from './call.ts';
import { sql, type Fragment } from './fragment.ts';

export interface JsonMember {
  readonly name: string;
  /** JSON text, never NULL. */
  readonly value: Fragment;
  /** The member is left out where this is not true. */
  readonly when?: Fragment | undefined;
}

const argumentsAtMost = 50;

/** Texts one after the other; NULLs are left out. Empty only where all are NULL, or empty themselves. */
export const joinTexts = (parts: readonly Fragment[], between: Fragment = sql`','`): Fragment => {
  if (parts.length <= argumentsAtMost) return call('concat_ws', [between, ...parts]);
  const chunks: Fragment[] = [];
  for (let start = 0; start < parts.length; start += argumentsAtMost) {
    chunks.push(sql`nullif(${joinTexts(parts.slice(start, start + argumentsAtMost), between)}, '')`);
  }
  return joinTexts(chunks, between);
};

export const jsonObject = (members: readonly JsonMember[]): Fragment => {
  if (members.length === 0) return sql`'{}'`;
  const parts = members.map((member) => {
    const text = sql`${sql.lit(`${JSON.stringify(member.name)}:`)} || ${member.value}`;
    return member.when === undefined ? text : sql`case when ${member.when} then ${text} end`;
  });
  return sql`'{' || ${joinTexts(parts)} || '}'`;
};
