// The benchmark itself, over tables so small that it takes seconds: each part runs on one of the engines.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PartName } from '../../scripts/bench/options.ts';
import type { ShopEngine } from '../../scripts/shop/build-targets.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A dozen processes on a busy machine. */
const patienceMs = 300_000;

export const benchSuite = (engine: ShopEngine, parts: readonly PartName[]): void => {
  describe(`npm run bench on ${engine}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-test-'));
    const out = join(folder, 'benchmarks.md');
    let ended: { readonly status: number | null; readonly stdout: string; readonly stderr: string };

    beforeAll(() => {
      const flags = [
        '--engine',
        engine,
        '--only',
        parts.join(','),
        '--scale',
        '0.002',
        '--runs',
        '1',
        '--out',
        out,
        '--no-fail',
      ];
      const script = join(root, 'scripts/bench/bench.ts');
      ended = spawnSync(process.execPath, ['--import', 'tsx', script, ...flags], {
        cwd: root,
        encoding: 'utf8',
      });
    }, patienceMs);

    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('ends well, with every part that was asked for', () => {
      expect(ended.stderr).not.toContain('Error');
      expect(ended.status).toBe(0);
      const document = readFileSync(out, 'utf8');
      const blocks = [...document.matchAll(/<!-- figures: (.+?) -->/g)].map(([, name]) => name);
      expect(blocks).toEqual(parts.map((part) => `${part} ${engine} 0.002`));
    });

    it('prints the figures and names the command that repeats them', () => {
      expect(ended.stdout).toMatch(/(met|MISSED): /);
      expect(readFileSync(out, 'utf8')).toContain(
        `npm run bench -- --scale 0.002 --runs 1 --engine ${engine} --only ${parts.join(',')}`,
      );
    });
  });
};
