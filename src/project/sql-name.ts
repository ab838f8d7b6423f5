// Names written as in SQL, `schema.table` or with quoted parts, cut into their parts as stored.

const part = /\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*(\.|$)/uy;

/** The parts of a dotted name; undefined where the text is no name. `fold` is what the engine does to a part
 *  without quotes. */
export const nameParts = (
  text: string,
  fold: (part: string) => string = (same) => same,
): readonly string[] | undefined => {
  const parts: string[] = [];
  part.lastIndex = 0;
  for (;;) {
    const match = part.exec(text);
    if (match === null) return undefined;
    parts.push(match[1]?.replaceAll('""', '"') ?? fold(match[2] ?? ''));
    if (match[3] === '') return parts;
  }
};
