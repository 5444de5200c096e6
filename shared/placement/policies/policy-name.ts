/** Every policy that can be chosen; `tangram` is the default. */
export const policyNames = [
  'tangram',
  'fgd',
  'bestfit',
  'firstfit',
  'worstfit',
  'packing',
  'clustering',
  'dotprod',
  'random',
] as const;

export type PolicyName = (typeof policyNames)[number];
