// Where the objects of a set of scripts stand, read from the scripts: they may have been edited, and are what is deployed.
import type { ScriptFile } from './script-files.ts';

interface PipelinePlace {
  /** Of the pipeline, quoted, as the script that makes it spells it. */
  readonly schema?: string | undefined;
  /** The table of notes. */
  readonly deployed?: string | undefined;
}

export const placeOfScripts = (files: readonly ScriptFile[]): PipelinePlace => {
  const statements = files.flatMap((file) => file.statements);
  const schema = statements
    .map(({ sql }) => /^create schema if not exists (\S+)$/i.exec(sql)?.[1])
    .find((name) => name !== undefined);
  const hasNotes = statements.some(({ object }) => object === 'table DEPLOYED');
  return { schema, deployed: schema === undefined || !hasNotes ? undefined : `${schema}."DEPLOYED"` };
};
