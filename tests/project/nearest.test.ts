// What a mistyped name was meant to be.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/project/nearest.ts';

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['cust_emial', 'cust_email', 1],
  ['kitten', 'sitting', 3],
  ['name', 'names', 1],
])('%s and %s are %i edits apart', (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance);
});

it('distance is symmetric, and none for equal names only', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (left, right) => {
      expect(editDistance(left, right)).toBe(editDistance(right, left));
      expect(editDistance(left, right) === 0).toBe(left === right);
    }),
  );
});

it.each<[string, readonly string[], string | undefined]>([
  ['cust_emial', ['customer', 'cust_email', 'cust_mail'], 'cust_email'],
  ['NAME', ['names', 'name'], 'name'],
  ['id', ['di', 'amount'], 'di'],
  ['name', ['country', 'zone'], undefined],
  ['x', [], undefined],
])('%s among %j is %s', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});
