// A file system of a few megabytes for the table that each batch writes most, filled to the brim for a moment. Where none
// can be mounted, a trigger that raises the same SQLSTATE stands in.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly real: boolean;
  /** Once our tables are there. */
  readonly moveIn: readonly string[];
  fill(): Promise<void>;
  free(): Promise<void>;
  unmount(): void;
}

type Execute = (sql: string) => Promise<unknown>;

const nobody = 65_534;
const sizeBytes = 256 * 1024 * 1024;

const mount = (): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', folder], { stdio: 'pipe' });
    return folder;
  } catch {
    rmdirSync(folder);
    return undefined;
  }
};

const standIn = (execute: Execute): SmallDisk => ({
  real: false,
  moveIn: [
    `create or replace function public.no_space() returns trigger language plpgsql as $$
begin raise exception 'No space left on device' using errcode = '53100'; end $$`,
  ],
  fill: async () => {
    await execute(
      'create or replace trigger no_space before insert on tidemark.audit for each statement execute function public.no_space()',
    );
  },
  free: async () => {
    await execute('drop trigger if exists no_space on tidemark.audit');
  },
  unmount: () => undefined,
});

export const openSmallDisk = (execute: Execute): SmallDisk => {
  const folder = mount();
  if (folder === undefined) return standIn(execute);
  const [space, filler] = [join(folder, 'space'), join(folder, 'filler')];
  mkdirSync(space);
  if (process.getuid?.() === 0) chownSync(space, nobody, nobody);
  return {
    real: true,
    moveIn: [
      `create tablespace small location '${space}'`,
      'alter table tidemark.audit set tablespace small',
      'alter table staging_public.orders set tablespace small',
    ],
    fill: async () => {
      const { bavail, bsize } = statfsSync(folder);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize));
      } catch {
        // Others take of it as well: what there was is gone, which is what was wanted.
      }
    },
    free: async () => rmSync(filler, { force: true }),
    unmount: () => {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
      rmdirSync(folder);
    },
  };
};
