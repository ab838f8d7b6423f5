// Pause and resume: a person leaves a source or target out for a while; what it feeds is left out with it.
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Project } from '../project/project.ts';
import { nearest } from '../project/nearest.ts';
import { showTable } from '../sql/table-name.ts';
import { migrate } from '../store/migrate.ts';
import { readRelations, setPaused } from '../store/relations.ts';
import type { Warehouse } from '../warehouse/port.ts';
import { claim } from './known-state.ts';
import { checkDictionary, withWarehouse } from './open.ts';

export interface PauseOptions {
  readonly project: Project;
  readonly name: string;
  readonly reason: string;
  readonly waitMs?: number | undefined;
}

export interface PauseReport {
  readonly schema: 'tidemark/pause/1';
  readonly name: string;
  readonly kind: 'source' | 'target';
  readonly status: 'paused' | 'resumed' | 'not paused';
  readonly reason: string | null;
}

const find = async (warehouse: Warehouse, project: Project, name: string) => {
  const { dictionary } = await checkDictionary(warehouse, project);
  const source = dictionary.sources.find((each) => each.name === name);
  if (source !== undefined) return { kind: 'source' as const, table: showTable(source.table) };
  const target = dictionary.targets.find((each) => each.name === name);
  if (target !== undefined) return { kind: 'target' as const, table: showTable(target.table) };
  const names = [...dictionary.sources, ...dictionary.targets].map((each) => each.name);
  const near = nearest(name, names);
  throw new TidemarkError('unknown_target', {
    message: `\`${name}\` is no source and no target of this project`,
    hint: near === undefined ? `there are: ${names.join(', ')}` : `did you mean \`${near}\`?`,
  });
};

const change = (options: PauseOptions, reason: string | null): Promise<PauseReport> =>
  withWarehouse(options.project, { waitMs: options.waitMs ?? 10_000 }, async (warehouse) => {
    const { project, name } = options;
    const { kind, table } = await find(warehouse, project, name);
    await migrate(warehouse, project.schemas.state);
    await claim(warehouse, project);
    return warehouse.transaction(async (session) => {
      const known = (await readRelations(session, project.schemas.state)).get(name);
      const paused = known?.paused;
      if (reason === null && paused === undefined) {
        return { schema: 'tidemark/pause/1', name, kind, status: 'not paused', reason: null };
      }
      await setPaused(session, project.schemas.state, {
        name,
        kind,
        table,
        reason,
        clock: warehouse.dialect.clock(),
      });
      return {
        schema: 'tidemark/pause/1',
        name,
        kind,
        status: reason === null ? 'resumed' : 'paused',
        reason: reason ?? paused ?? null,
      };
    });
  });

export const pause = (options: PauseOptions): Promise<PauseReport> => change(options, options.reason);

/** The next run compares it in full. */
export const resume = (options: Omit<PauseOptions, 'reason'>): Promise<PauseReport> =>
  change({ ...options, reason: '' }, null);
