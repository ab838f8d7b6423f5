// The connection that dbt uses for one target of its profile, as a connection of ours.
import type { Position } from '../../errors/tidemark-error.ts';
import type { Scalar, Value } from '../document.ts';
import { asText } from '../fields.ts';
import type { Report } from '../problems.ts';
import { findProfile, valueAt, type Search } from './find-profile.ts';
import { renderJinja } from './jinja.ts';
import { readOutput, type DbtConnection } from './outputs.ts';
import { unknownOutput, unknownProfile } from './problems.ts';

const namesIn = (value: Value | undefined): readonly string[] =>
  value?.kind === 'mapping' ? value.entries.map(({ key }) => key.text) : [];

const atOf = (value: Value | undefined, otherwise: Position): Position =>
  value === undefined || value.kind === 'mapping' ? otherwise : value.at;

const rendered = (value: Value | undefined, { variables, report }: Search): Scalar | undefined => {
  const text = value === undefined ? undefined : asText(value);
  return text === undefined ? undefined : renderJinja(text, variables, report);
};

/** Only the chosen target is evaluated: the variables of the others are on other machines. */
export const readDbtProfile = (search: Search, asked: Scalar | undefined): DbtConnection | undefined => {
  const found = findProfile(search);
  if (found === undefined) return undefined;
  const { name, root, file } = found;
  const report: Report = search.report;
  const profile = valueAt(root, name);
  if (profile?.kind !== 'mapping') {
    const known = namesIn(root).filter((each) => each !== 'config');
    report(unknownProfile(atOf(profile, search.at), name, known, file.file));
    return undefined;
  }
  const declared = valueAt(profile, 'target');
  const target =
    asked?.text ?? (search.variables['DBT_TARGET'] || rendered(declared, search)?.text) ?? 'default';
  const outputs = valueAt(profile, 'outputs');
  const output = valueAt(outputs, target);
  if (output?.kind !== 'mapping') {
    report(unknownOutput(asked?.at ?? atOf(declared, search.at), target, namesIn(outputs), name));
    return undefined;
  }
  return readOutput(output, { ...search, target });
};
