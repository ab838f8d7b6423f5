// Arguments, and that the tables they are defined in agree with each other.
import { expect, it } from 'vitest';
import { commandNames, specOf } from '../../src/cli/command-table.ts';
import { parseArguments } from '../../src/cli/parse.ts';
import { renderCommandHelp } from '../../src/cli/render/help.ts';
import { plainStyle } from '../../src/cli/render/style.ts';
import { settings } from '../../src/cli/settings.ts';

it('global flags stand before or after the command', () => {
  const parsed = {
    kind: 'command',
    name: 'verify',
    args: [],
    options: { color: true, env: 'prod', json: true, select: ['a', 'b', 'c'] },
  };
  expect(parseArguments(['-e', 'prod', '--json', '-s', 'a,b', 'verify', '-s', 'c'])).toEqual(parsed);
  expect(parseArguments(['verify', '--select', 'a b', '--env=prod', '-s', 'c', '--json'])).toEqual(parsed);
});

it('values that may hold commas are kept whole', () => {
  expect(parseArguments(['run', '--meta', 'a=1,2', '--meta', 'b=3', '--adopt', 'x,y'])).toMatchObject({
    options: { meta: ['a=1,2', 'b=3'], adopt: ['x', 'y'] },
  });
});

it('no option of a command hides a global one', () => {
  const flags = (specs: readonly { readonly flags: string }[]): readonly string[] =>
    specs.flatMap((spec) => spec.flags.match(/--?[a-z][a-z-]*/gi) ?? []);
  const global = new Set(flags(Object.values(settings)));
  for (const name of commandNames)
    expect(flags(specOf(name).options).filter((flag) => global.has(flag))).toEqual([]);
});

it.for(commandNames)('help of %s fits 80 columns, and its examples parse', (name) => {
  const text = renderCommandHelp(name, plainStyle);
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  for (const [command] of specOf(name).examples) {
    const [program, ...words] = command.split(' ');
    expect(program).toBe('tidemark');
    expect(parseArguments(words)).toMatchObject({ kind: 'command', name });
  }
});
