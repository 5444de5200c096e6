/** A section of DCGM's boxes: what is left of the rule, what is right of it, lines below, and what lies in it. */
export interface TreeNode {
  readonly label: string;
  readonly value: string;
  /** Lines of a text that was too long, below it. */
  readonly overflow?: readonly string[];
  readonly children?: readonly TreeNode[];
}

export interface Tree {
  readonly leftWidth: number;
  readonly rightWidth: number;
  readonly headers: readonly string[];
  /** A rule between the sections. */
  readonly separated: boolean;
  readonly sections: readonly TreeNode[];
}

/** A box with two columns and arrows for depth, as `dcgmi` prints nearly everything. */
export function renderTree(tree: Tree): readonly string[] {
  const { leftWidth, rightWidth } = tree;
  const rule = (fill: string): string =>
    `+${fill.repeat(leftWidth - 1)}+${fill.repeat(rightWidth - 2)}+`;
  const headers = tree.headers.map((line) => `| ${line.padEnd(leftWidth + rightWidth - 3)}|`);
  return [
    rule('-'),
    ...(headers.length === 0 ? [] : [...headers, rule('=')]),
    ...tree.sections.flatMap((section, at) => [
      ...(at > 0 && tree.separated ? [rule('-')] : []),
      ...nodeLines(section, 0, tree),
    ]),
    rule('-'),
  ];
}

function nodeLines(node: TreeNode, depth: number, tree: Tree): readonly string[] {
  const row = (left: string, right: string): string =>
    `| ${left.padEnd(tree.leftWidth - 3)} | ${right.padEnd(tree.rightWidth - 4)} |`;
  const arrow = depth === 0 ? '' : '-> '.padStart(depth * 3);
  return [
    row(`${arrow}${node.label}`, node.value),
    ...(node.overflow ?? []).map((line) => row(' '.repeat(depth * 3), line)),
    ...(node.children ?? []).flatMap((child) => nodeLines(child, depth + 1, tree)),
  ];
}

/** The same as JSON, in the style of the library that `dcgmi` writes it with. */
export function renderTreeJson(tree: Tree): readonly string[] {
  const value = {
    body: Object.fromEntries(tree.sections.map((each) => [each.label, jsonOf(each)])),
    ...(tree.headers.length === 0 ? {} : { header: tree.headers }),
  };
  return styled(value, 0).split('\n');
}

function jsonOf(node: TreeNode): object {
  const children = node.children ?? [];
  return {
    ...(children.length === 0
      ? {}
      : { children: Object.fromEntries(children.map((each) => [each.label, jsonOf(each)])) }),
    ...(node.overflow === undefined ? {} : { overflow: node.overflow }),
    value: node.value,
  };
}

/** Braces on lines of their own, tabs, a blank before each colon. */
function styled(value: unknown, depth: number): string {
  const indent = '\t'.repeat(depth);
  if (Array.isArray(value)) {
    const items = value.map((each: unknown) => `${indent}\t${styled(each, depth + 1)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) => {
    const inner = styled(each, depth + 1);
    const nested = typeof each === 'object' && each !== null;
    return `${indent}\t${JSON.stringify(key)} :${nested ? `\n${indent}\t` : ' '}${inner}`;
  });
  return `{\n${members.join(',\n')}\n${indent}}`;
}
