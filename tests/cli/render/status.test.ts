// What `status` says to people, beside its tables.
import { describe, expect, it } from 'vitest';
import type { RelationStatus, StatusReport } from '../../../src/batch/status.ts';
import { renderStatus } from '../../../src/cli/render/status.ts';
import { plainStyle } from '../../../src/cli/render/style.ts';

const target = (more: Partial<RelationStatus>): RelationStatus => ({
  name: 'fact_vendor',
  status: 'in step',
  data_at: null,
  lag_ms: null,
  ...more,
});

const shown = (more: Partial<RelationStatus>): string => {
  const report: StatusReport = {
    schema: 'tidemark/status/1',
    project: 'corner',
    environment: 'default',
    warehouse: 'duckdb',
    at: '2020-01-01T00:00:00.000000Z',
    data_at: null,
    lag_ms: null,
    sources: [],
    targets: [target(more)],
    lease: null,
    last_batch: null,
    last_run: null,
  };
  return renderStatus(report, () => 'corner', plainStyle);
};

describe('status, for people', () => {
  it('names columns that are held, with the reason', () => {
    expect(shown({ held: [{ column: 'vendor_name', since: 3, reason: 'waits for a person' }] })).toContain(
      'fact_vendor: column `vendor_name` held since batch 3: waits for a person',
    );
  });

  it('names targets that are set right again and again, with what to look for', () => {
    expect(shown({ healed: { rows: 2, times: 3, since: 7 } })).toContain(
      'fact_vendor: 2 rows written by somebody else and set right, 3 times in a row since batch 7: look for a trigger of the table or another job',
    );
  });

  it.each([
    ['paused', '`tidemark resume fact_vendor`'],
    ['set_back', 'stays as it is until it is released'],
    ['upstream_behind', 'comes along when what it reads does'],
    ['source_stale', 'the next run tries again'],
  ])('says what becomes of a target that is left out: %s', (code, next) => {
    const behind = { status: 'behind', reason: 'so it is', code, retryable: true } as const;
    expect(shown(behind)).toContain(`fact_vendor: so it is; ${next}`);
  });

  it('says nothing more where all is well', () => {
    expect(shown({})).not.toContain('fact_vendor:');
  });
});
