// A CSV file as records, read piece by piece: RFC 4180, with a header. An empty cell is NULL, a quoted one a text.

type Cell = string | null;

interface Reading {
  readonly cells: Cell[];
  cell: string;
  quoted: boolean;
  state: 'start' | 'plain' | 'quoted' | 'after quote';
}

const endCell = (so: Reading): void => {
  so.cells.push(so.cell === '' && !so.quoted ? null : so.cell);
  so.cell = '';
  so.quoted = false;
  so.state = 'start';
};

/** Answers whether the record is complete. */
const take = (so: Reading, character: string): boolean => {
  if (so.state === 'quoted') {
    if (character === '"') so.state = 'after quote';
    else so.cell += character;
    return false;
  }
  if (character === '"' && so.state !== 'plain') {
    if (so.state === 'after quote') so.cell += '"';
    so.quoted = true;
    so.state = 'quoted';
    return false;
  }
  if (character === '\r') return false;
  if (character === ',' || character === '\n') {
    endCell(so);
    return character === '\n';
  }
  so.cell += character;
  so.state = 'plain';
  return false;
};

const isBlank = (cells: readonly Cell[]): boolean => cells.length === 1 && cells[0] === null;

async function* records(pieces: AsyncIterable<string>): AsyncGenerator<readonly Cell[]> {
  const so: Reading = { cells: [], cell: '', quoted: false, state: 'start' };
  for await (const piece of pieces)
    for (const character of piece) {
      if (!take(so, character)) continue;
      if (!isBlank(so.cells)) yield [...so.cells];
      so.cells.length = 0;
    }
  if (so.state === 'quoted') throw new SyntaxError('a quote is not closed');
  if (so.cells.length === 0 && so.state === 'start') return;
  endCell(so);
  yield so.cells;
}

/** Each record as the text of a JSON object. */
export async function* csvObjects(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let header: readonly string[] | undefined;
  let row = 0;
  for await (const cells of records(pieces)) {
    if (header === undefined) {
      header = cells.map((cell) => (cell ?? '').replace(/^\uFEFF/, ''));
      continue;
    }
    row += 1;
    if (cells.length !== header.length)
      throw new SyntaxError(`row ${row} has ${cells.length} cells, the header ${header.length}`);
    yield JSON.stringify(Object.fromEntries(header.map((name, place) => [name, cells[place] ?? null])));
  }
}
