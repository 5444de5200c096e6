import { bestfit } from './bestfit.ts';
import { clustering } from './clustering.ts';
import { dotprod } from './dotprod.ts';
import { fgd } from './fgd.ts';
import { firstfit } from './firstfit.ts';
import { packing } from './packing.ts';
import type { PolicyMaker } from './policy.ts';
import type { PolicyName } from './policy-name.ts';
import { random } from './random.ts';
import { tangram } from './tangram.ts';
import { worstfit } from './worstfit.ts';

/** How each policy is made. */
export const policyMakers: Readonly<Record<PolicyName, PolicyMaker>> = {
  tangram,
  fgd,
  bestfit,
  firstfit,
  worstfit,
  packing,
  clustering,
  dotprod,
  random,
};
