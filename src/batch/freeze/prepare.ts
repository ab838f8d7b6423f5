// Scratch of a freeze, made before its snapshot is taken: what is made after an exported snapshot is empty under it.
import { createEventTable, eventTableOf } from '../../detect/log/events-scratch.ts';
import { keptColumns } from '../../detect/log/keep-events.ts';
import { rejectedColumns } from '../../detect/log/rejected.ts';
import { createImageTable, imageTableOf, type BesideMirror } from '../../detect/mirror.ts';
import { absentColumns } from '../../detect/missing.ts';
import {
  isLog,
  isMirrored,
  type LogSource,
  type MirrorSource,
  type Source,
} from '../../dictionary/dictionary.ts';
import type { TableName } from '../../sql/table-name.ts';
import type { Session } from '../../warehouse/port.ts';
import type { BatchContext } from '../context.ts';
import { fillKeyScratch } from './changed-keys.ts';
import type { PreparedLog } from './frozen-log.ts';
import { planOf, type PreparedMirror } from './freeze-source.ts';
import { prepareEnded } from './held-rows.ts';

export type Prepared = PreparedMirror | PreparedLog;

export const prepareSources = async (
  context: BatchContext,
  sources: readonly Source[],
): Promise<readonly Prepared[]> =>
  context.warehouse.session(async (session) => {
    const made: Prepared[] = [];
    for (const source of sources) {
      if (isLog(source)) made.push(await prepareLog(context, session, source));
      else if (isMirrored(source)) made.push(await prepareMirror(context, session, source));
    }
    return made;
  });

const prepareImages = async <S extends Source>(
  context: BatchContext,
  session: Session,
  source: S,
): Promise<BesideMirror<S>> => {
  const { dialect } = context.warehouse;
  const images = imageTableOf(source, context.scratch.name(`images_${source.name}`));
  await session.execute(createImageTable(dialect, images));
  return { dialect, source, images, mirror: planOf(context, source).rows };
};

const prepareMirror = async (
  context: BatchContext,
  session: Session,
  source: MirrorSource,
): Promise<PreparedMirror> => {
  const beside = await prepareImages(context, session, source);
  const absent = context.scratch.name(`absent_${source.name}`);
  if (source.detect.deleteAfterMs !== undefined)
    await session.execute(beside.dialect.createScratch(absent, absentColumns));
  const keys = await keyScratch(context, session, source);
  const ended = await prepareEnded(context, session, source);
  return { kind: 'mirror', ...beside, absent, keys, ended };
};

const prepareLog = async (
  context: BatchContext,
  session: Session,
  source: LogSource,
): Promise<PreparedLog> => {
  const beside = await prepareImages(context, session, source);
  const { dialect } = beside;
  const events = eventTableOf(source, context.scratch.name(`events_${source.name}`));
  const kept = context.scratch.name(`kept_${source.name}`);
  const flawed = context.scratch.name(`flawed_${source.name}`);
  await session.execute(createEventTable(dialect, events));
  await session.execute(dialect.createScratch(kept, keptColumns(events)));
  await session.execute(dialect.createScratch(flawed, rejectedColumns));
  const ended = await prepareEnded(context, session, source);
  return { kind: 'log', ...beside, events, kept, flawed, ended };
};

const keyScratch = async (
  context: BatchContext,
  session: Session,
  source: Source,
): Promise<TableName | undefined> => {
  const keys = context.options.changes?.get(source.name);
  if (keys === undefined) return undefined;
  const { dialect } = context.warehouse;
  const into = context.scratch.name(`keys_${source.name}`);
  await session.execute(
    dialect.createScratch(
      into,
      source.key.map(({ name, type }) => ({ name, type })),
    ),
  );
  await fillKeyScratch(session, { source, keys, into });
  if (dialect.capabilities.wantsAnalyze) await session.execute(dialect.analyze(into));
  return into;
};
