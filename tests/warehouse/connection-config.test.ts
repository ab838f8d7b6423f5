// How a Postgres server is named in messages, and urls that would put a password into that name.
import { describe, expect, it } from 'vitest';
import { describeConnection } from '../../src/warehouse/postgres/connection-config.ts';

const described = (url: string): string => describeConnection({ type: 'postgres', url });

describe('the name of a server', () => {
  it('has no password', () => {
    expect(described('postgres://me:hunter2@db:5433/shop')).toBe('postgres shop@db:5433');
    expect(described('postgres://me:hun%2Fter%402@db/shop')).toBe('postgres shop@db:5432');
  });

  it.each(['postgres:/hunter2@:x', 'postgres://me:1/hunter2@db/shop', 'postgres://me:hun/ter2@db/shop'])(
    '%s is refused without being shown',
    (url) => {
      expect(() => described(url)).toThrow(/the url of the warehouse is not a url/);
      expect(() => described(url)).not.toThrow(/hun/);
    },
  );
});
