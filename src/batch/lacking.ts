// Parts of a project that batches cannot do on its warehouse yet: refused by name before anything is read or written.
import { isLog, type Dictionary } from '../dictionary/dictionary.ts';
import { TidemarkError } from '../errors/tidemark-error.ts';
import type { Dialect, Lack } from '../sql/dialect.ts';

const words: Readonly<Record<Lack, string>> = {
  logs: 'sources that are logs',
  histories: 'histories',
  models: 'dbt models as mappings',
};

const refusal = (relation: string, lack: Lack): TidemarkError =>
  new TidemarkError('not_supported', {
    message: `${relation}: ${words[lack]} are not supported on this warehouse yet`,
    hint: 'docs/snowflake.md says what is; take it out of the mappings to run the rest',
  });

/** The first of them, if any. */
export const refuseLacking = ({ capabilities }: Dialect, { sources, targets }: Dictionary): void => {
  const { lacks } = capabilities;
  if (lacks.length === 0) return;
  const log = sources.find((source) => isLog(source));
  if (log !== undefined && lacks.includes('logs')) throw refusal(`source \`${log.name}\``, 'logs');
  for (const target of targets) {
    if (target.form.kind === 'history' && lacks.includes('histories'))
      throw refusal(`target \`${target.name}\``, 'histories');
    if (target.root.kind === 'query' && lacks.includes('models'))
      throw refusal(`target \`${target.name}\``, 'models');
  }
};
