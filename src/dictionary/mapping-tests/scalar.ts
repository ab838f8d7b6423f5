// Texts that stand in no file, or that wrap one that does: positions keep pointing into the file.
import type { Scalar } from '../../project/document.ts';

export const madeUp = (text: string, by: Scalar): Scalar => ({
  kind: 'scalar',
  value: text,
  text,
  flow: false,
  at: by.at,
  within: () => by.at,
});

export const wrapped = (before: string, inner: Scalar, after: string): Scalar => {
  const text = `${before}${inner.text}${after}`;
  return {
    kind: 'scalar',
    value: text,
    text,
    flow: inner.flow,
    at: inner.at,
    within: (offset, length) => inner.within(Math.max(0, offset - before.length), length),
  };
};

export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
