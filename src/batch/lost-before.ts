// A lost connection as the end of a batch that was not committed.
import { isTidemarkError, TidemarkError } from '../errors/tidemark-error.ts';

/** The connection is gone, and with it whatever was not committed; that of a batch whose COMMIT got no answer is
 *  settled by then. */
export const lostBefore = (error: unknown): unknown =>
  isTidemarkError(error) &&
  error.details['unsettled'] !== true &&
  (error.code === 'commit_unknown' || error.code === 'connection_lost') &&
  !error.message.includes('nothing was written')
    ? new TidemarkError('connection_lost', {
        message: `the connection was lost, nothing was written: ${error.code === 'commit_unknown' ? 'no answer came' : error.message}`,
        hint: 'run again',
        details: error.details,
        cause: error,
      })
    : error;
