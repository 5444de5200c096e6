import { doubtful, failing, unused, well, type Diagnosis } from '../diagnosis.ts';
import type { Evidence, MpsAnswer, MpsCapabilities } from '../evidence.ts';

/** What shares or watches the cards beside us: MPS and DCGM. */
export function checkSharing(evidence: Evidence): readonly Diagnosis[] {
  const { settings } = evidence;
  if (settings.kind === 'untold') return [];
  return [
    ...mps(evidence, settings.value.mpsWanted),
    ...(settings.value.realCards ? [dcgm(evidence)] : []),
  ];
}

function mps({ mps: told, settings, agent }: Evidence, wanted: boolean): readonly Diagnosis[] {
  const check = 'mps';
  const cards = agent.kind === 'told' ? agent.value.mpsCards : [];
  if (!wanted) return [unused(check, 'mps.enabled is false: no card is shared by MPS')];
  if (told.kind === 'untold') {
    const real = settings.kind === 'told' && settings.value.realCards;
    const advice = real
      ? 'it comes with the driver (nvidia-cuda-mps, nvidia-compute-utils); or set mps.enabled: false'
      : 'set mps.enabled: false, or mps.controlCommand to the stand-in';
    return [failing(check, told.reason, advice)];
  }
  return [limits(told.value), beyond(told.value), ...cards.flatMap(sharedCard)];
}

const exclusive = 'Exclusive_Process';

/** What agentctl mps shows of a card, where it is worth a word. */
function sharedCard(card: MpsAnswer): readonly Diagnosis[] {
  const { index, shared, computeMode, computeModeBefore, servedUids, waitingUids } = card;
  const check = `mps gpu ${index}`;
  const found: Diagnosis[] = [];
  if (waitingUids.length > 0) {
    const served = servedUids.length === 0 ? '' : `, which serves ${users(servedUids)}`;
    const finding = `${waitingUids.length} clients of ${users(waitingUids)} wait for the server${served}`;
    found.push(
      doubtful(check, finding, 'run what shares a card as one user, or set mps.multiUser: true'),
    );
  }
  if (shared && computeModeBefore !== '' && computeMode !== exclusive) {
    const finding = `compute mode is ${computeMode || 'not told'}, and was set to ${exclusive}: others may bypass the daemon`;
    found.push(doubtful(check, finding, `nvidia-smi -i ${index} -c EXCLUSIVE_PROCESS`));
  }
  if (!shared && computeModeBefore === '' && computeMode === exclusive) {
    const finding = `compute mode is ${exclusive}, which this agent has not set: one process only may use the card`;
    found.push(
      doubtful(check, finding, `nvidia-smi -i ${index} -c DEFAULT, unless it is meant so`),
    );
  }
  return found;
}

function users(uids: readonly (number | null)[]): string {
  return [...new Set(uids)]
    .map((uid) => (uid === null ? 'an unknown user' : `user ${uid}`))
    .join(', ');
}

function limits({ memoryLimits, serverStatus, evidence }: MpsCapabilities): Diagnosis {
  const check = 'mps';
  if (memoryLimits === false) {
    return doubtful(
      check,
      `protocol 2 without memory limits (${evidence}): shares are not kept to their MiB`,
      'install a driver of 495 or newer',
    );
  }
  const faults = serverStatus === false ? '; faults are read from its log' : '';
  return well(check, `protocol 2, limits bind each client process${faults}`);
}

/** Found and told, and not used: what binds today is protocol 2. */
function beyond({
  staticPartitions,
  protocolV3,
  dmemController,
  evidence,
}: MpsCapabilities): Diagnosis {
  return unused(
    'mps extras',
    `static SM partitions ${word(staticPartitions)}, protocol 3 ${word(protocolV3)}, cgroup dmem limits ${word(dmemController)} (${evidence})`,
  );
}

/** DCGM holds the cards open: a change of MIG mode on Ampere then only becomes pending. */
function dcgm({ running, dcgmiVersion, cards }: Evidence): Diagnosis {
  const check = 'dcgm';
  const engine = running.get('nv-hostengine') ?? [];
  if (dcgmiVersion.kind === 'untold' && engine.length === 0) {
    const mig = cards.kind === 'told' && cards.value.some((card) => card.migEnabled === true);
    return mig
      ? doubtful(
          check,
          'not installed: the use of MIG instances cannot be measured',
          'install datacenter-gpu-manager; systemctl enable --now nvidia-dcgm',
        )
      : unused(check, 'not installed: nothing here needs it');
  }
  if (engine.length === 0) {
    const version = dcgmiVersion.kind === 'told' ? dcgmiVersion.value : '';
    return doubtful(
      check,
      `dcgmi ${version} is here, and no nv-hostengine runs`,
      'systemctl enable --now nvidia-dcgm',
    );
  }
  return well(
    check,
    `nv-hostengine (pid ${engine.join(', ')}) holds the cards: agentctl mig apply --stop-dcgm lets go of them`,
  );
}

function word(known: boolean | null): string {
  if (known === null) return 'not known';
  return known ? 'yes' : 'no';
}
