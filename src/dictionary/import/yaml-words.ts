// Names and values in the YAML of mapping files that we write for people.
import { stringify } from 'yaml';

/** One line, whatever the text. */
export const yaml = (value: string): string => {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  return plain.includes('\n') || value !== value.trim() ? JSON.stringify(value) : plain;
};

export const sqlName = (name: string): string =>
  /^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

export const qualified = (alias: string, name: string): string => `${sqlName(alias)}.${sqlName(name)}`;

/** Within brackets a comma or a bracket would end the name. */
export const inFlow = (name: string): string => (/[,[\]{}]/.test(name) ? JSON.stringify(name) : yaml(name));

export const nameList = (names: readonly string[]): string =>
  names.length === 1 ? yaml(names[0] ?? '') : `[${names.map((name) => inFlow(name)).join(', ')}]`;

export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
