// What the architecture rules look at in one source file: its imports, and the globals that it mentions.
import { parseAst } from 'vitest/node';

export interface Import {
  readonly specifier: string;
  /** `type` leaves nothing in the output; `import { type T }` does, and is `static`. */
  readonly kind: 'static' | 'dynamic' | 'type';
  readonly line: number;
}

interface Mention {
  /** `Date.now`, `process.exit`, `new Date()`, `fetch()`, `console`. */
  readonly name: string;
  readonly line: number;
}

export interface Source {
  /** Below src, with slashes: `graph/order.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly mentions: readonly Mention[];
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Names of what a node stands on: properties and keys are names of their own, not mentions of a global. */
const children = (node: Node): readonly Node[] =>
  Object.entries(node)
    .filter(([field]) => node['computed'] !== false || (field !== 'property' && field !== 'key'))
    .flatMap(([, value]): readonly unknown[] => (Array.isArray(value) ? value : [value]))
    .filter(isNode);

const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node);
  for (const child of children(node)) walk(child, visit);
};

const literal = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  return undefined;
};

const identifier = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node['name']) : undefined;

/** Stands for the specifier of `import(expression)`. */
export const computedName = '(computed)';

const importOf = (node: Node): Omit<Import, 'line'> | undefined => {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = literal(node['source']);
      if (specifier === undefined) return undefined;
      const isType = (node['importKind'] ?? node['exportKind']) === 'type';
      return { specifier, kind: isType ? 'type' : 'static' };
    }
    case 'ImportExpression':
      return { specifier: literal(node['source']) ?? computedName, kind: 'dynamic' };
    case 'TSImportType':
      return { specifier: literal(node['source']) ?? computedName, kind: 'type' };
    default:
      return undefined;
  }
};

const mentionOf = (node: Node): string | undefined => {
  const callee = identifier(node['callee']);
  switch (node.type) {
    case 'Identifier':
      return String(node['name']);
    case 'MemberExpression': {
      const property = node['computed'] === true ? literal(node['property']) : identifier(node['property']);
      const object = identifier(node['object']);
      return object === undefined || property === undefined ? undefined : `${object}.${property}`;
    }
    case 'NewExpression':
      return Array.isArray(node['arguments']) && node['arguments'].length === 0
        ? `new ${callee}()`
        : undefined;
    case 'CallExpression':
      return callee === undefined ? undefined : `${callee}()`;
    default:
      return undefined;
  }
};

/** Throws when the text is not TypeScript. */
export const readSource = (path: string, text: string): Source => {
  const imports: Import[] = [];
  const mentions: Mention[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const program: unknown = parseAst(text, { lang: 'ts' }, path);
  if (!isNode(program)) throw new Error(`${path} has no syntax tree`);
  walk(program, (node) => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line: lineAt(node.start) });
    const name = mentionOf(node);
    if (name !== undefined) mentions.push({ name, line: lineAt(node.start) });
  });
  return { path, lines: text.trimEnd().split('\n').length, imports, mentions };
};
