// A double with one database, and how it is reached.
import type { SnowflakeConnection } from '../../src/project/snowflake-connection.ts';
import { startDouble, type Double } from './snowflake-double/server.ts';

export const shopPassword = 'open sesame';

export const startShopDouble = (): Promise<Double> =>
  startDouble({
    account: 'ACME',
    database: 'SHOP',
    users: [{ name: 'TIDE', password: shopPassword, role: 'LOADER' }],
    warehouses: { WH: 'running' },
  });

export const urlOf = (double: Double): string => `http://127.0.0.1:${double.port}`;

export const shopAt = (url: string) =>
  ({
    type: 'snowflake',
    account: 'acme',
    user: 'tide',
    role: 'LOADER',
    warehouse: 'WH',
    database: 'SHOP',
    url,
  }) as const;

export const shopConnection = (double: Double): SnowflakeConnection => ({
  ...shopAt(urlOf(double)),
  proof: { kind: 'password', password: shopPassword },
});
