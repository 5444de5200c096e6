import { defaultPolicy, type NodePolicy } from '../../../agent/policy/policy.ts';

/** The policy of a node whose models may run as plain processes. */
export const openPolicy: NodePolicy = { ...defaultPolicy, processRuntime: 'allow' };
