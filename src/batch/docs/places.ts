// Where a dbt project describes its models: dbt takes one place only, and stops at a second.
import { describedIn, entryName } from '../../dbt/docs/describe-columns.ts';
import type { DbtNode } from '../../dbt/manifest.ts';
import { plainPath, type DbtFiles } from './dbt-files.ts';

/** `elsewhere`: dbt found it in a file that we do not see, or cannot read. */
export type DocsPlace =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'elsewhere'; readonly file: string }
  | { readonly kind: 'nowhere' };

export const placesIn = (
  { ownFile }: DbtFiles,
  texts: ReadonlyMap<string, string>,
): ((node: DbtNode) => DocsPlace) => {
  const described = new Map([...texts].map(([file, text]) => [file, describedIn(text)]));
  const fileOf = new Map(
    [...described].flatMap(([file, names]) => [...(names ?? [])].map((name) => [name, file])),
  );
  return (node) => {
    const name = entryName(node);
    const patch = node.patch === undefined ? undefined : plainPath(node.patch);
    const isThere = patch !== undefined && described.get(patch)?.has(name) === true;
    const file = isThere ? patch : fileOf.get(name);
    if (file !== undefined) return { kind: 'file', file };
    // A file that we read and that says nothing of it is younger than the manifest.
    if (patch === undefined || patch === ownFile || described.get(patch) !== undefined)
      return { kind: 'nowhere' };
    return { kind: 'elsewhere', file: patch };
  };
};
