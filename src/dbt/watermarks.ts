// Which of its own columns an incremental model asks for how far it is: `where updated_at > (select max(updated_at)
// from {{ this }})`. Whoever moves such a column makes dbt pass rows over.

const column = /\bmax\s*\(\s*(?:"?\w+"?\s*\.\s*)?"?(\w+)"?\s*\)/gi;

/** Of the SQL as its author wrote it. */
export const watermarksIn = (raw: string): readonly string[] => {
  if (!/is_incremental\s*\(/.test(raw) || !/\{\{-?\s*this\b/.test(raw)) return [];
  return [...new Set([...raw.matchAll(column)].flatMap(([, name]) => name ?? []))];
};
