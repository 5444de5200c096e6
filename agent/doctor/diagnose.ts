import { checkAgent } from './checks/agent.ts';
import { checkContainers } from './checks/containers.ts';
import { checkDriver } from './checks/driver.ts';
import { checkHost } from './checks/host.ts';
import { checkSharing } from './checks/sharing.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Evidence } from './evidence.ts';

/** Judges what was gathered: what keeps this node from doing its work, and what to do about it. Pure. */
export function diagnose(evidence: Evidence): readonly Diagnosis[] {
  return [
    ...checkAgent(evidence),
    ...checkDriver(evidence),
    ...checkContainers(evidence),
    ...checkSharing(evidence),
    ...checkHost(evidence),
  ];
}
