import { doubtful, failing, unused, well, type Diagnosis } from '../diagnosis.ts';
import type { EngineFacts, Evidence, Settings } from '../evidence.ts';
import { isOlder } from '../version.ts';

/** CDI is on without being asked for from here. Source: moby 28.2 release notes. */
const cdiByDefaultFrom = '28.2.0';
/** CDI can be switched on from here. */
const cdiPossibleFrom = '25.0.0';

/**
 * Ways out of a container that older toolkits leave open, newest first. Source: NVIDIA's security bulletins of
 * September 2024 (CVE-2024-0132), February 2025 (CVE-2025-23359) and July 2025 (CVE-2025-23266). CVE-2026-24260 is
 * not judged: which version closed it is not known here.
 */
const toolkitHoles: readonly { readonly fixedIn: string; readonly hole: string }[] = [
  { fixedIn: '1.17.8', hole: 'CVE-2025-23266: an image’s environment is run by a privileged hook' },
  { fixedIn: '1.17.4', hole: 'CVE-2025-23359: a container reaches the host’s file system' },
  { fixedIn: '1.16.2', hole: 'CVE-2024-0132: a container reaches the host’s file system' },
];

/** The Docker Engine and how slices reach its containers. */
export function checkContainers(evidence: Evidence): readonly Diagnosis[] {
  const { settings, engine } = evidence;
  if (settings.kind === 'untold') return [];
  if (!settings.value.dockerWanted) return [unused('docker', 'docker.enabled is false')];
  if (engine.kind === 'untold') {
    return [
      failing('docker', engine.reason, 'systemctl start docker; or set docker.enabled: false'),
    ];
  }
  const facts = engine.value;
  return [
    well(
      'docker',
      `${facts.version}, ${facts.storageDriver}, cgroup v${facts.cgroupVersion} by ${facts.cgroupDriver}`,
    ),
    liveRestore(facts),
    ...(settings.value.realCards
      ? handout(evidence, settings.value, facts)
      : [simulated(settings.value)]),
  ];
}

function liveRestore({ liveRestore: on }: EngineFacts): Diagnosis {
  return on
    ? well('live-restore', 'on: containers outlive a restart of dockerd')
    : doubtful(
        'live-restore',
        'off: a restart of dockerd ends every replica',
        'set "live-restore": true in /etc/docker/daemon.json; systemctl reload docker',
      );
}

function simulated({ handout: how }: Settings): Diagnosis {
  return how === 'env'
    ? well('gpu handout', 'env: simulated cards are handed out by variables')
    : failing(
        'gpu handout',
        `${how}: the cards are simulated, and no device is there to hand out`,
        'set gpu.handout: env',
      );
}

function handout(
  evidence: Evidence,
  { handout: how }: Settings,
  facts: EngineFacts,
): readonly Diagnosis[] {
  if (how === 'env') {
    return [
      doubtful(
        'gpu handout',
        'env: containers get variables and mounts, and no device node',
        'set gpu.handout: cdi, or toolkit, on a host with cards',
      ),
    ];
  }
  return how === 'cdi'
    ? [toolkit(evidence), cdi(facts), cdiSpecs(evidence)]
    : [toolkit(evidence), hook(facts), reloadTrap(facts)];
}

function toolkit({ toolkitVersion }: Evidence): Diagnosis {
  const check = 'container toolkit';
  if (toolkitVersion.kind === 'untold') {
    return failing(
      check,
      toolkitVersion.reason,
      'install nvidia-container-toolkit; nvidia-ctk runtime configure --runtime=docker; systemctl restart docker',
    );
  }
  const version = toolkitVersion.value;
  const open = toolkitHoles.filter(({ fixedIn }) => isOlder(version, fixedIn));
  const [worst] = open;
  if (worst === undefined) return well(check, version);
  return failing(
    check,
    `${version} lets containers out: ${open.map(({ hole }) => hole).join('; ')}`,
    `upgrade nvidia-container-toolkit to ${worst.fixedIn} or newer; systemctl restart docker`,
  );
}

function hook({ runtimes, version }: EngineFacts): Diagnosis {
  const check = 'gpu runtime';
  if (runtimes.includes('nvidia')) return well(check, 'the engine knows the nvidia runtime');
  return doubtful(
    check,
    `engine ${version} lists no nvidia runtime; --gpus may work all the same where its hook is on dockerd’s path`,
    'nvidia-ctk runtime configure --runtime=docker; systemctl restart docker',
  );
}

/** `systemctl daemon-reload` writes the device rules anew that the hook had added: cards vanish from running containers. */
function reloadTrap({ cgroupDriver }: EngineFacts): Diagnosis {
  const check = 'daemon-reload';
  if (cgroupDriver !== 'systemd') return well(check, `harmless with the ${cgroupDriver} driver`);
  return doubtful(
    check,
    'cgroup driver systemd with the toolkit’s hook: systemctl daemon-reload takes the cards from running containers',
    'set gpu.handout: cdi, or "exec-opts": ["native.cgroupdriver=cgroupfs"] in daemon.json',
  );
}

function cdi({ version, cdiSpecDirs }: EngineFacts): Diagnosis {
  const check = 'cdi';
  if (cdiSpecDirs.length > 0)
    return well(check, `engine ${version} reads ${cdiSpecDirs.join(', ')}`);
  if (isOlder(version, cdiPossibleFrom)) {
    return failing(
      check,
      `engine ${version} has no CDI`,
      'upgrade Docker to 28.2 or newer, or set gpu.handout: toolkit',
    );
  }
  return isOlder(version, cdiByDefaultFrom)
    ? failing(
        check,
        `engine ${version} has CDI, and it is off`,
        'set "features": {"cdi": true} in /etc/docker/daemon.json; systemctl restart docker',
      )
    : failing(
        check,
        `CDI was switched off on engine ${version}`,
        'remove "cdi": false from daemon.json',
      );
}

function cdiSpecs({ cdiSpecs: specs, migUuids }: Evidence): Diagnosis {
  const check = 'cdi devices';
  const generate = 'nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml';
  const broken = specs.find((spec) => spec.devices === null);
  if (broken !== undefined) return failing(check, `${broken.path} cannot be read`, generate);
  const names = new Set(specs.flatMap((spec) => spec.devices ?? []));
  if (names.size === 0) return failing(check, 'no specification names a device', generate);
  const missing = migUuids.filter((uuid) => !names.has(uuid));
  if (missing.length > 0) {
    return failing(
      check,
      `${missing.length} of ${migUuids.length} MIG instances are in no specification: it is older than the layout`,
      `${generate}; and set cdi.refresh so that it follows every change`,
    );
  }
  return well(check, `${names.size} names in ${specs.map((spec) => spec.path).join(', ')}`);
}
