// Mishaps, made to order: what happens to the next statements that match.

export type Mishap =
  /** The connection is cut before the statement runs. */
  | { readonly kind: 'cut-before' }
  /** The statement runs, and its answer is lost. */
  | { readonly kind: 'cut-after' }
  /** HTTP says so. */
  | { readonly kind: 'http'; readonly status: number }
  /** The server refuses with this code instead of running it. */
  | { readonly kind: 'fail'; readonly code: string; readonly sqlState: string; readonly message: string }
  /** The token of the session has ended: to be renewed, or not to be. */
  | { readonly kind: 'expire'; readonly forGood: boolean };

export interface Fault {
  readonly on: RegExp;
  readonly mishap: Mishap;
  readonly times?: number;
}

export class Faults {
  #waiting: { readonly on: RegExp; readonly mishap: Mishap; left: number }[] = [];

  add({ on, mishap, times = 1 }: Fault): void {
    this.#waiting.push({ on, mishap, left: times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The mishap that befalls this statement. */
  take(sql: string): Mishap | undefined {
    const found = this.#waiting.find(({ on, left }) => left > 0 && on.test(sql));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.mishap;
  }
}
