// What an earlier `init`, or a person, declared already: it is read on, never written again.
import type { Readings } from '../readings.ts';
import { parseDictionary } from '../../dictionary/parse.ts';
import { sourceTable, targetName, targetTable } from '../../dictionary/tables.ts';
import type { FileText } from '../../project/document.ts';
import type { Project } from '../../project/project.ts';
import type { TableName } from '../../sql/table-name.ts';
import { namingOf } from '../naming.ts';
import type { SourceProposal } from './proposal.ts';

export interface Present {
  readonly targets: readonly { readonly name: string; readonly file: string; readonly table: TableName }[];
  /** By place. */
  readonly sources: ReadonlyMap<string, SourceProposal>;
}

export const readPresent = (
  project: Project,
  files: readonly FileText[],
  place: Readings['place'],
): Present => {
  const { raw } = parseDictionary(files);
  const naming = namingOf(project);
  return {
    targets: raw.targets.map((target) => ({
      name: targetName(target),
      file: target.name.at.file,
      table: targetTable(target, naming),
    })),
    sources: new Map(
      raw.sources.map((source) => {
        const table = sourceTable(source, naming);
        const columns = source.key.map(({ name, nullable }) => ({ name: name.text, nullable }));
        const proposal: SourceProposal = {
          name: source.name.text,
          table,
          node: undefined,
          key: { columns, why: 'declared', guessed: false },
          times: [],
          updatedAt: undefined,
        };
        return [place(table.schema, table.name), proposal] as const;
      }),
    ),
  };
};
