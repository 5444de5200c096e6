import { doubtful, failing, unused, well, type Diagnosis } from '../diagnosis.ts';
import type { CardAnswer, Evidence } from '../evidence.ts';

/** The oldest driver whose columns and MIG names the agent reads. */
const driverMajorMin = 470;

/** The NVIDIA driver, its device nodes, and how it is kept awake. */
export function checkDriver(evidence: Evidence): readonly Diagnosis[] {
  const { settings, cards } = evidence;
  if (settings.kind === 'told' && !settings.value.cardsWanted) {
    return [unused('driver', 'nvidiaSmi.enabled is false: this node looks for no cards')];
  }
  if (settings.kind === 'told' && !settings.value.realCards) {
    const count = cards.kind === 'told' ? ` (${cards.value.length})` : '';
    return [unused('driver', `the cards are simulated${count}: there is no driver to look at`)];
  }
  return [nouveau(evidence), driver(evidence), devices(evidence), persistence(evidence)].filter(
    (line) => line !== null,
  );
}

function nouveau({ nouveauLoaded }: Evidence): Diagnosis | null {
  if (!nouveauLoaded) return null;
  return failing(
    'nouveau',
    'the nouveau module is loaded, and keeps NVIDIA’s own from the cards',
    'echo blacklist nouveau > /etc/modprobe.d/nouveau.conf; update-initramfs -u; reboot',
  );
}

function driver({ cards, kernelDriver }: Evidence): Diagnosis {
  const check = 'driver';
  if (cards.kind === 'untold') {
    const module =
      kernelDriver.kind === 'told' ? `kernel module ${kernelDriver.value}; ` : 'no kernel module; ';
    const advice =
      kernelDriver.kind === 'told'
        ? 'nvidia-smi; dmesg | grep -i nvrm'
        : 'modprobe nvidia; dmesg | grep -i nvrm';
    return failing(check, `${module}${cards.reason}`, advice);
  }
  const version = cards.value.find((card) => card.driverVersion !== null)?.driverVersion ?? null;
  if (version === null)
    return failing(check, 'nvidia-smi tells of no card', 'nvidia-smi -L; lspci | grep -i nvidia');
  if (kernelDriver.kind === 'told' && kernelDriver.value !== version) {
    return failing(
      check,
      `nvidia-smi is of ${version}, the loaded kernel module of ${kernelDriver.value}`,
      'reboot, or unload and load the nvidia modules with nothing on the cards',
    );
  }
  const broken = cards.value.filter((card) => card.error !== null);
  const [first] = broken;
  if (first !== undefined) {
    const finding = `${version}; GPU ${first.index}: ${first.error ?? ''}`;
    return failing(check, finding, `agentctl health ${first.index}`);
  }
  if (Number.parseInt(version, 10) < driverMajorMin) {
    return doubtful(
      check,
      `${version}, ${counted(cards.value)}: older than ${driverMajorMin}, so MIG names and columns differ`,
      `install a driver of ${driverMajorMin} or newer`,
    );
  }
  return well(check, `${version}, ${counted(cards.value)}`);
}

function counted(cards: readonly CardAnswer[]): string {
  return cards.length === 1 ? '1 card' : `${cards.length} cards`;
}

function devices({ deviceNodes, cardMinors, cards }: Evidence): Diagnosis {
  const check = 'device nodes';
  const wanted = ['nvidiactl', 'nvidia-uvm', ...cardMinors.map((minor) => `nvidia${minor}`)];
  const missing = wanted.filter((name) => !deviceNodes.includes(name));
  const mig = cards.kind === 'told' && cards.value.some((card) => card.migEnabled === true);
  if (mig && !deviceNodes.some((name) => name.startsWith('nvidia-caps/'))) {
    missing.push('nvidia-caps/*');
  }
  if (missing.length === 0) return well(check, `${wanted.length} of ${wanted.length} below /dev`);
  const finding = `missing: ${missing.map((name) => `/dev/${name}`).join(', ')}`;
  // Made by a setuid helper at the first use, which a hardened unit may not run.
  return failing(check, finding, 'nvidia-modprobe -u -c 0; modprobe nvidia-uvm');
}

function persistence({ cards, running }: Evidence): Diagnosis | null {
  const check = 'persistence';
  if (cards.kind === 'untold') return null;
  const off = cards.value.filter((card) => card.persistenceMode === false);
  const daemon = running.has('nvidia-persiste');
  if (off.length === 0) return well(check, daemon ? 'on, by nvidia-persistenced' : 'on');
  return doubtful(
    check,
    `off on GPU ${off.map((card) => card.index).join(', ')}: every nvidia-smi sets the driver up anew, which takes seconds`,
    'systemctl enable --now nvidia-persistenced',
  );
}
