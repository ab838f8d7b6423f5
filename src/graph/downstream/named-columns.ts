// Which column names SQL speaks of: its words and quoted names, outside of strings and comments.
import { isBlank, nameOf, tokenize } from '../../dictionary/lexer.ts';

export interface NamedColumns {
  /** In lower case. */
  readonly names: ReadonlySet<string>;
  /** `*` stands for columns, somewhere: all of them may be read. */
  readonly takesAll: boolean;
}

export const namedColumns = (sql: string): NamedColumns => {
  const solid = tokenize(sql).filter((token) => !isBlank(token));
  const names = new Set<string>();
  let takesAll = false;
  for (const [place, token] of solid.entries()) {
    if (token.kind === 'word' || token.kind === 'quoted') names.add(nameOf(token).toLowerCase());
    const before = solid[place - 1];
    // `select *`, `a.*`, `, *`; neither `count(*)` nor a product.
    if (token.text !== '*' || before === undefined) continue;
    if (before.kind === 'dot' || before.kind === 'comma' || /^(?:select|distinct|all)$/i.test(before.text))
      takesAll = true;
  }
  return { names, takesAll };
};
