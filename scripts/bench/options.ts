// What `npm run bench` can be asked.
import { parseArgs } from 'node:util';
import type { ShopEngine } from '../shop/build-targets.ts';

export const partNames = [
  'alongside',
  'audit',
  'memory',
  'growth',
  'undo',
  'rebuild',
  'idle',
  'checks',
  'watched',
  'dictionary',
  'verify',
  'histories',
  'aggregates',
] as const;
export type PartName = (typeof partNames)[number];

export interface Options {
  /** 1 is a million companies and five million sales. */
  readonly scale: number;
  readonly runs: number;
  readonly engines: readonly ShopEngine[];
  readonly parts: readonly PartName[];
  /** The document that the figures are written into. */
  readonly out: string;
  /** Figures that miss what is promised do not fail the command. */
  readonly forgiving: boolean;
}

const engineNames = ['duckdb', 'postgres'] as const;

const usage = `usage: npm run bench -- [--scale 1] [--runs 5] [--engine duckdb|postgres] [--only ${partNames.join(',')}]
                        [--out docs/benchmarks.md] [--no-fail]`;

const listed = <Name extends string>(text: string | undefined, known: readonly Name[]): readonly Name[] => {
  if (text === undefined) return known;
  const asked = text.split(',');
  const unknown = asked.find((name) => !known.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`\`${unknown}\` is none of ${known.join(', ')}\n${usage}`);
  return known.filter((name) => asked.includes(name));
};

const positive = (text: string, flag: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${flag} takes a number above 0, not \`${text}\`\n${usage}`);
  return value;
};

export const readOptions = (args: readonly string[], defaultOut: string): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      runs: { type: 'string', default: '5' },
      engine: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string', default: defaultOut },
      'no-fail': { type: 'boolean', default: false },
    },
  });
  return {
    scale: positive(values.scale, 'scale'),
    runs: Math.ceil(positive(values.runs, 'runs')),
    engines: listed(values.engine, engineNames),
    parts: listed(values.only, partNames),
    out: values.out,
    forgiving: values['no-fail'],
  };
};
