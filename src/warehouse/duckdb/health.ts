// The condition of a DuckDB file: its version, the disk that it lies on, a log that a crash left behind.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from '../../sql/fragment.ts';
import type { Finding } from '../health.ts';
import type { Session } from '../port.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MB`;

const space = (path: string): readonly Finding[] => {
  const { size } = statSync(path);
  const { bavail, bsize } = statfsSync(dirname(path));
  const free = bavail * bsize;
  const evidence = `the file has ${megabytes(size)}, the disk ${megabytes(free)} free`;
  if (free >= 2 * size)
    return [{ check: 'space', severity: 'fine', message: 'there is room for the file to grow', evidence }];
  return [
    {
      check: 'space',
      severity: free < size / 2 ? 'error' : 'warning',
      message:
        'the disk is nearly full: a large batch writes its rows a second time before it lets go of the old ones',
      evidence,
      fix: 'make room on that disk, or move the file',
    },
  ];
};

const writable = (path: string): readonly Finding[] => {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return [];
  } catch (error) {
    return [
      {
        check: 'rights',
        severity: 'error',
        message: 'the file or its folder cannot be written by this user',
        evidence: error instanceof Error ? error.message : String(error),
        fix: `chown this user ${path}, and the folder that it lies in`,
      },
    ];
  }
};

const leftLog = (path: string): readonly Finding[] => {
  const log = `${path}.wal`;
  if (!existsSync(log) || statSync(log).size === 0) return [];
  return [
    {
      check: 'log',
      severity: 'notice',
      message:
        'a write-ahead log lies beside the file: whoever wrote last did not close it; the next run takes it in',
      evidence: `${log}, ${megabytes(statSync(log).size)}`,
    },
  ];
};

export const duckDbHealth = async (session: Session, path: string): Promise<readonly Finding[]> => {
  const [row] = await session.rows<{ version: string }>(sql`select version() as version`);
  const version: Finding = {
    check: 'version',
    severity: 'fine',
    message: 'the file is of a version that this DuckDB reads',
    evidence: `DuckDB ${row?.version ?? 'unknown'}`,
  };
  return [version, ...writable(path), ...space(path), ...leftLog(path)];
};
