// Functions of ours under the names that this server has for them.
import type { FunctionNode, OperationNode } from 'kysely';
import type { OwnFunction } from '../../sql/call.ts';

export interface SpeltFunction {
  readonly before: string;
  readonly args: readonly OperationNode[];
  readonly after: readonly (string | OperationNode)[];
}

const renamed = (name: string, args: readonly OperationNode[]): SpeltFunction => ({
  before: `${name}(`,
  args,
  after: [')'],
});

const spellings: Readonly<Record<OwnFunction, (args: readonly OperationNode[]) => SpeltFunction>> = {
  // Its own CONCAT_WS is NULL as soon as one of the texts is.
  concat_ws: ([between, ...texts]) => ({
    before: 'array_to_string(array_construct_compact(',
    args: texts,
    after: ['), ', ...(between === undefined ? [] : [between]), ')'],
  }),
  string_agg: (args) => renamed('listagg', args),
  strpos: ([text, part]) =>
    renamed(
      'charindex',
      [part, text].filter((arg) => arg !== undefined),
    ),
  starts_with: (args) => renamed('startswith', args),
  bool_or: (args) => renamed('boolor_agg', args),
};

export const spellFunction = ({ func, arguments: args }: FunctionNode): SpeltFunction =>
  func in spellings ? spellings[func as OwnFunction](args) : renamed(func, args);
