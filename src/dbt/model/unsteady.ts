// What yields another value for the same rows: functions of the moment or of chance, and aggregates that take their
// rows in whatever order they come.
import { isBlank, isJson, listOf, nodeOf, type Json } from '../lineage/node.ts';

export interface Unsteady {
  readonly kind: 'volatile' | 'unordered';
  readonly call: string;
}

export interface Steadiness {
  /** Names of functions, in lower case. */
  readonly volatile: ReadonlySet<string>;
  readonly ordered: ReadonlySet<string>;
}

const named = new Set(['function', 'aggregate_function']);

const nameOf = (kind: string, body: Json): string =>
  named.has(kind) && typeof body['name'] === 'string' ? body['name'].toLowerCase() : kind;

/** The order of their rows stands beside them. */
const arranged = new Set(['window_function', 'within_group']);

const ofCall = (kind: string, body: Json, so: Steadiness): Unsteady | undefined => {
  const call = nameOf(kind, body);
  const isAge = call === 'age' && listOf(body['args']).length === 1;
  if (so.volatile.has(call) || isAge) return { kind: 'volatile', call };
  const isOrdered = so.ordered.has(call) || so.ordered.has(call.replaceAll('_', ''));
  return isOrdered && isBlank(body['order_by']) ? { kind: 'unordered', call } : undefined;
};

const first = (values: readonly unknown[], so: Steadiness): Unsteady | undefined => {
  for (const value of values) {
    const found = unsteadyIn(value, so);
    if (found !== undefined) return found;
  }
  return undefined;
};

export const unsteadyIn = (value: unknown, so: Steadiness): Unsteady | undefined => {
  if (Array.isArray(value)) return first(value, so);
  if (!isJson(value)) return undefined;
  const [[only, part] = ['', 0], second] = Object.entries(value);
  // A function without anything between its brackets.
  if (second === undefined && part === null && so.volatile.has(only)) return { kind: 'volatile', call: only };
  const node = nodeOf(value);
  if (node === undefined) return first(Object.values(value), so);
  const { kind, body } = node;
  const isArranged = kind === 'window_function' || !isBlank(body['order_by']);
  if (arranged.has(kind) && isArranged) {
    const { this: call, ...rest } = body;
    const inner = nodeOf(call);
    const isVolatile = inner !== undefined && so.volatile.has(nameOf(inner.kind, inner.body));
    if (isVolatile) return { kind: 'volatile', call: nameOf(inner.kind, inner.body) };
    return first([...Object.values(inner?.body ?? {}), ...Object.values(rest)], so);
  }
  return ofCall(kind, body, so) ?? first(Object.values(body), so);
};
