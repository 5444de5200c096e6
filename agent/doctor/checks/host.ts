import { renderMib } from '../../../shared/domain/units.ts';
import { doubtful, failing, unused, well, type Diagnosis } from '../diagnosis.ts';
import type { Disk, Evidence } from '../evidence.ts';

/** Below this the store's next commit, or the next image, may not fit. */
const freeMibMin = 1_024;
const freeMibGood = 10 * 1_024;

/** The machine around the agent: rights, configuration, clock, doors, disk, coordinator. */
export function checkHost(evidence: Evidence): readonly Diagnosis[] {
  return [
    configuration(evidence),
    rights(evidence),
    clock(evidence),
    metricsDoor(evidence),
    ...evidence.disks.map(disk),
    identity(evidence),
    coordinator(evidence),
  ];
}

function configuration({ settings }: Evidence): Diagnosis {
  const check = 'configuration';
  if (settings.kind === 'untold') {
    return failing(check, settings.reason, 'mend the file, then: systemctl restart tangram-agent');
  }
  const { file } = settings.value;
  return file === null
    ? unused(check, 'no file was found: the defaults are judged (name one with --config)')
    : well(check, file);
}

function rights({ root }: Evidence): Diagnosis {
  return root
    ? well('rights', 'root')
    : doubtful(
        'rights',
        'not root: some lines below only tell what this user may see',
        'sudo agentctl doctor',
      );
}

function clock({ clockSynchronized }: Evidence): Diagnosis {
  const check = 'clock';
  if (clockSynchronized.kind === 'untold') return unused(check, clockSynchronized.reason);
  return clockSynchronized.value
    ? well(check, 'kept by a time server')
    : doubtful(
        check,
        'no time server keeps it: events and samples of several nodes will not line up',
        'timedatectl set-ntp true',
      );
}

function metricsDoor({ metricsDoor: door, settings, agent }: Evidence): Diagnosis {
  const check = 'metrics port';
  if (settings.kind === 'untold') return unused(check, 'not known which: see configuration');
  const address = settings.value.httpAddress;
  if (door === 'agent') return well(check, `the agent answers at http://${address}/metrics`);
  if (door === 'taken') {
    return failing(
      check,
      `somebody else listens on ${address}`,
      `ss -ltnp | grep ${address.split(':').at(-1) ?? ''}; or choose another with the key http`,
    );
  }
  return agent.kind === 'told'
    ? unused(check, `the agent listens elsewhere than ${address}`)
    : well(check, `${address} is free`);
}

function disk({ path, freeMib, totalMib }: Disk): Diagnosis {
  const check = 'disk';
  const finding = `${path}: ${renderMib(freeMib)} of ${renderMib(totalMib)} free`;
  const advice = `docker system df; du -xh --max-depth=1 ${path}`;
  if (freeMib < freeMibMin) return failing(check, finding, advice);
  return freeMib < freeMibGood ? doubtful(check, finding, advice) : well(check, finding);
}

function identity({ identity: held, root }: Evidence): Diagnosis {
  const check = 'identity';
  if (held === null) return unused(check, 'nobody asks who this node is');
  if (held.kind === 'told') return well(check, held.value);
  if (!root) return unused(check, `only root may see it: ${held.reason}`);
  return failing(
    check,
    held.reason,
    'tangram token create, where tangram runs; then the line that it prints, on this host: sudo tangram-agent join … --token …',
  );
}

function coordinator({ agent, coordinatorReach, settings }: Evidence): Diagnosis {
  const check = 'coordinator';
  if (agent.kind === 'told' && agent.value.coordinator !== '') {
    const { coordinator: address, coordinatorConnected, coordinatorDetail } = agent.value;
    const finding = `${address}: ${coordinatorDetail}`;
    if (coordinatorConnected) return well(check, finding);
    return failing(
      check,
      finding,
      'models run on; start the coordinator, or mend the key `coordinator`',
    );
  }
  const address = settings.kind === 'told' ? settings.value.coordinator : null;
  if (address === null || coordinatorReach === null) return unused(check, 'this node works alone');
  return coordinatorReach.kind === 'told'
    ? well(check, `${address} takes connections, in ${coordinatorReach.value} ms`)
    : failing(
        check,
        `${address}: ${coordinatorReach.reason}`,
        'start it, or mend the key `coordinator`',
      );
}
