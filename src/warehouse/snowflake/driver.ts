// The driver, loaded on use and kept quiet: no log file in the working folder, no advice of its parts on our streams.
import type snowflake from 'snowflake-sdk';

export type SnowflakeDriver = typeof snowflake;

/** Its AWS part, which we do not use, speaks of the next years' Node. */
const unwanted = 'NodeVersionSupportWarning';

const isUnwanted = (warning: unknown, rest: readonly unknown[]): boolean => {
  const text = warning instanceof Error ? `${warning.name} ${warning.message}` : String(warning);
  return [text, ...rest.map(String)].some((each) => each.includes(unwanted));
};

let quieted = false;

/** The warning comes long after loading, when the part is first made: it is kept back for good. */
const quiet = (): void => {
  if (quieted) return;
  quieted = true;
  const passed = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (warning: unknown, ...rest: unknown[]): void => {
    if (!isUnwanted(warning, rest)) passed(warning, ...rest);
  };
};

export const loadSnowflake = async (): Promise<SnowflakeDriver> => {
  quiet();
  const driver = (await import('snowflake-sdk')).default;
  // Parsed by nobody: what is not JSON would be run as code by its own parser.
  driver.configure({ logLevel: 'OFF', jsonColumnVariantParser: String });
  return driver;
};
