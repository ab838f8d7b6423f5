// Each of its models by its own SQL.
import { sources, targets } from './project.ts';

const keyText = (key: readonly string[]): string =>
  `[${key.map((name) => (name === 'account_id' ? `{ column: ${name}, nullable: true }` : name)).join(', ')}]`;

export const mappings: Readonly<Record<string, string>> = {
  'sources.yml': `sources:\n${Object.entries(sources)
    .map(([name, { key }]) => `  ${name}: { key: [${key.join(', ')}] }`)
    .join('\n')}\n`,
  ...Object.fromEntries(
    Object.entries(targets).map(([name, { key }]) => [
      `${name}.yml`,
      `target: ${name}\nkey: ${keyText(key)}\nmodel: ${name}\n`,
    ]),
  ),
};
