// The objects of a JSON file, an array of them or one after the other, as texts, read piece by piece.

interface Scanning {
  text: string;
  depth: number;
  inString: boolean;
  escaped: boolean;
}

/** Answers whether an object is complete. */
const take = (so: Scanning, character: string): boolean => {
  if (so.depth === 0) {
    if (character === '{') {
      so.text = character;
      so.depth = 1;
    } else if (!/[\s,[\]\uFEFF]/.test(character))
      throw new SyntaxError(`it does not hold objects: \`${character}\` stands between them`);
    return false;
  }
  so.text += character;
  if (so.inString) {
    if (so.escaped) so.escaped = false;
    else if (character === '\\') so.escaped = true;
    else if (character === '"') so.inString = false;
    return false;
  }
  if (character === '"') so.inString = true;
  else if (character === '{' || character === '[') so.depth += 1;
  else if (character === '}' || character === ']') so.depth -= 1;
  return so.depth === 0;
};

export async function* jsonObjects(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const so: Scanning = { text: '', depth: 0, inString: false, escaped: false };
  for await (const piece of pieces)
    for (const character of piece) {
      if (!take(so, character)) continue;
      // What is no JSON must not reach the warehouse, whose message would not name the file.
      JSON.parse(so.text);
      yield so.text;
    }
  if (so.depth > 0) throw new SyntaxError('its last object is not closed');
}
