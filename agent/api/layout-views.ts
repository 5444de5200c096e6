import { freeStarts, type MigGeometry, type MigProfile } from '../../shared/domain/mig-profile.ts';
import type { CardLayout } from '../../shared/wire/generated/tangram/agent/v1/CardLayout.ts';
import type { CardLayoutPlan } from '../../shared/wire/generated/tangram/agent/v1/CardLayoutPlan.ts';
import type { MigInstanceView } from '../../shared/wire/generated/tangram/agent/v1/MigInstanceView.ts';
import type { MigProfileView } from '../../shared/wire/generated/tangram/agent/v1/MigProfileView.ts';
import {
  renderHolder,
  renderInstance,
  type CardNow,
  type InstanceNow,
} from '../layout/card-now.ts';
import { driftOf } from '../layout/drift.ts';
import { freeCount } from '../layout/free-count.ts';
import type { KeptCard } from '../layout/layout-keeper.ts';
import { renderLayoutStep, type CardPlan } from '../layout/plan-card.ts';

/** One card, with what it offers and what is made of it. */
export function cardLayoutView({ now, recorded, lastChange }: KeptCard): CardLayout {
  const supported = now.migEnabled !== null;
  const isUnderWay = lastChange !== null && ['running', 'undoing'].includes(lastChange.state);
  return {
    gpuUuid: now.gpu,
    index: now.index,
    productName: now.productName,
    migSupported: supported,
    migCurrent: now.migEnabled === true,
    migPending: now.migPending === true,
    family: supported ? now.family.name : '',
    error: now.error ?? '',
    authority: now.authority,
    layoutRevision: now.layoutRevision,
    profiles: profileViews(now),
    instances: now.instances.map(instanceView),
    holders: now.holders.map(renderHolder),
    recorded: recorded !== null,
    drift: recorded === null || isUnderWay ? '' : driftOf(now, recorded.shape),
    lastChangeState: lastChange?.state ?? '',
    lastChangeDetail: lastChange?.detail ?? '',
    lastChangeAtMs: Math.round(lastChange?.startedAtMs ?? 0),
  };
}

function profileViews({ geometry, instances }: CardNow): MigProfileView[] {
  if (geometry === null) return [];
  return geometry.profiles.map((profile) => profileView(geometry, profile, instances));
}

function profileView(
  geometry: MigGeometry,
  profile: MigProfile,
  instances: readonly InstanceNow[],
): MigProfileView {
  return {
    name: profile.name,
    profileId: profile.giProfileId,
    memoryMib: profile.memoryMib,
    free: freeCount(geometry, instances, profile.giProfileId),
    total: profile.instancesMax,
    size: profile.placementSize,
    starts: [...profile.placementStarts],
    freeStarts: [...freeStarts(geometry, instances, profile.giProfileId)],
  };
}

function instanceView(instance: InstanceNow): MigInstanceView {
  return {
    profile: instance.profile,
    profileId: instance.giProfileId,
    start: instance.start,
    gpuInstanceId: instance.gpuInstanceId,
    computeInstanceIds: [...instance.computeInstanceIds],
    compute: [...(instance.compute ?? [])],
    uuid: instance.uuid ?? '',
    memoryMib: instance.memoryMib,
    slice: instance.slice ?? '',
    holders: instance.holders.map(renderHolder),
  };
}

/** What a document would make of one card. */
export function cardPlanView(plan: CardPlan): CardLayoutPlan {
  const kept = plan.before.instances.filter((each) =>
    plan.kept.some((other) => other.giProfileId === each.giProfileId && other.start === each.start),
  );
  return {
    gpuUuid: plan.gpu,
    index: plan.index,
    productName: plan.productName,
    steps: plan.steps.map((step) => ({ kind: step.kind, text: renderLayoutStep(step) })),
    kept: kept.map(renderInstance),
    interrupts: plan.interrupts.map(renderHolder),
    blocks: plan.blocks.map(({ reason, detail }) => ({ reason, detail })),
    seconds: plan.seconds,
    notes: [...plan.notes],
  };
}
