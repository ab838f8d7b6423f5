// The few files that a question has to do with answer it as all of them do.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../scripts/shop/random.ts';
import { filesReached } from '../../src/dictionary/files-reached.ts';
import { buildGraph } from '../../src/graph/graph.ts';
import { lineageOf, reachOf, type Reach } from '../../src/graph/reach.ts';
import { resolve } from './shop.ts';

type Files = Readonly<Record<string, string>>;

const sources = 6;

/** Targets read sources and each other, under their own names and under aliases. */
const drawFiles = (seed: number): Files => {
  const random = seededRandom(seed);
  const files: Record<string, string> = {
    'sources.yml': `sources:\n${Array.from({ length: sources }, (_, at) => `  s${at}: { key: id }\n`).join('')}`,
  };
  for (let place = 0; place < 24; place += 1) {
    const of = (): string =>
      place > 3 && random.chance(3) ? `t${random.below(place)}` : `s${random.below(sources)}`;
    const [from, look] = [of(), of()];
    const filter = random.chance(4) ? `where: ${from}.c0 is not null\n` : '';
    files[`${place}.yml`] =
      `target: ${random.chance(3) ? `marts.t${place}` : `t${place}`} # a comment\nkey: c0\nfrom: ${from}\n${filter}join: { look: { source: ${look}, on: ${from}.c1 = look.c0 } }\ncolumns: { c0: ${from}.c0, c1: look.c1, c2: "lower(${from}.c${random.below(3)})" }\n`;
  }
  return files;
};

const textsOf = (files: Files) => Object.entries(files).map(([file, text]) => ({ file, text }));

const reachesOf = (files: Files, relation: string, column: string | undefined): readonly Reach[] => {
  const { dictionary, problems } = resolve(files, 'none');
  expect(problems).toEqual([]);
  return reachOf(lineageOf(buildGraph(dictionary)), { relation, column });
};

const key = ({ target, column, how, scope, via }: Reach): string =>
  JSON.stringify([target, column, how, scope, via]);

describe('files that a question reaches', () => {
  it('answer it as all of them do', () => {
    let few = 0;
    for (let seed = 1; seed <= 8; seed += 1) {
      const files = drawFiles(seed);
      for (const relation of ['s0', 's3', 't2', 't20']) {
        const found = filesReached(textsOf(files), [relation]);
        if (found === undefined) continue;
        few += 1;
        const some = Object.fromEntries(found.map(({ file, text }) => [file, text]));
        for (const column of [undefined, 'c0', 'c1', 'c2']) {
          const all = reachesOf(files, relation, column).map(key).toSorted();
          expect(reachesOf(some, relation, column).map(key).toSorted()).toEqual(all);
        }
      }
    }
    expect(few).toBeGreaterThan(8);
  });

  it('leave most of a wide dictionary alone', () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, place): [string, string] => [
        `${place}.yml`,
        `target: t${place}\nkey: id\nfrom: s${place}\ncolumns: { id: s${place}.id }\n`,
      ]),
    );
    const list = textsOf({ ...files, 'sources.yml': 'sources:\n  s7: { key: id }\n' });
    expect(filesReached(list, ['S7'])?.map(({ file }) => file)).toEqual(['7.yml', 'sources.yml']);
  });

  it.each([
    ['an odd name', 'target: t1\n', ['odd name']],
    ['a name in quotes', 'target: "odd name"\nfrom: s0\n', ['s0']],
    ['an escape', 'target: t1\nfrom: "s\\x30"\n', ['s0']],
    ['an anchor', 'target: t1\nfrom: &a s0\njoin: { x: *a }\n', ['s0']],
    ['several documents in one', 'target: t1\nfrom: s0\ntarget: t2\n', ['s0']],
    ['a key in quotes', '"target": t1\nfrom: s0\n', ['s0']],
    ['no mapping at all', 'from: s0\n', ['s0']],
  ])('are all of them where the text does not tell: %s', (_name, text, names) => {
    const others = textsOf(drawFiles(1));
    expect(filesReached([...others, { file: 'x.yml', text }], names)).toBeUndefined();
  });
});
