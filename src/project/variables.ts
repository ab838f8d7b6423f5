// `${NAME}` and `${NAME:-default}` in the values of the project file. What a variable holds never enters a
// message: positions and shown text stay those of the file.
import type { Scalar, Value } from './document.ts';
import type { Report } from './problems.ts';
import { badVariable, missingVariable } from './problems.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export const fillVariables = (value: Value, variables: Variables, report: Report): Value => {
  if (value.kind === 'list') {
    return { ...value, items: value.items.map((item) => fillVariables(item, variables, report)) };
  }
  if (value.kind === 'mapping') {
    const entries = value.entries.map(({ key, value: inner }) => ({
      key,
      value: fillVariables(inner, variables, report),
    }));
    return { ...value, entries };
  }
  return value.text.includes('${') ? fillScalar(value, variables, report) : value;
};

const reference = /\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

const fillScalar = (scalar: Scalar, variables: Variables, report: Report): Scalar => {
  const text = scalar.text.replace(
    reference,
    (all: string, name?: string, fallback?: string, offset?: number) => {
      const at = scalar.within(offset ?? 0, all.length);
      if (name === undefined) report(badVariable(at));
      else {
        // As in a shell, `:-` also stands in for a variable that is set to nothing.
        const held = variables[name];
        if (held !== undefined && (held !== '' || fallback === undefined)) return held;
        if (fallback !== undefined) return fallback;
        report(missingVariable(at, name));
      }
      return '';
    },
  );
  return {
    kind: 'scalar',
    value: text,
    text,
    written: scalar.text,
    flow: scalar.flow,
    at: scalar.at,
    within: (offset, length) => scalar.within(offset, length),
  };
};
