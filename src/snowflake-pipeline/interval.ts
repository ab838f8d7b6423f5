// A time as schedules and lags are written there: `90 seconds`, `5 minutes`.
export const minutesText = (ms: number): string =>
  ms % 60_000 === 0 ? `${ms / 60_000} minutes` : `${Math.ceil(ms / 1000)} seconds`;
