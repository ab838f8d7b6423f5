// The examples of a guide, in their order.
import { readFileSync } from 'node:fs';

export interface Example {
  readonly language: string;
  readonly text: string;
}

export const textOf = (guide: string): string =>
  readFileSync(new URL(`../../docs/${guide}`, import.meta.url), 'utf8');

export const examplesOf = (guide: string): readonly Example[] =>
  [...textOf(guide).matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

/** The calls of the program in its shell examples. */
export const callsOf = (guide: string): readonly string[] =>
  examplesOf(guide)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'));

/** Calls that stand in a sentence; words in capitals stand for something. */
export const mentionsOf = (guide: string): readonly string[] =>
  [...textOf(guide).matchAll(/`(tidemark [a-z][^`]*)`/g)]
    .map(([, call = '']) => call)
    .filter((call) => !call.includes('.'));
