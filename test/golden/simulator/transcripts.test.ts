import { expect, test } from 'vitest';
import { openSimHost, uuidsIn } from '../../unit/agent/simulator/harness.ts';

/** What people would type; the answers lie beside this file and change only on purpose. */
const tours = [
  {
    name: 'a100-pair-550',
    cards: '2xA100-40GB,L40S',
    driver: '550.163.01',
    script: [
      '-L',
      '-i 0 -mig 1',
      'mig -lgip -i 0',
      'mig -lgipp -i 0',
      'mig -cgi 9:4,14:0,19:2 -C',
      'mig -cgi 9 -C',
      'mig -lgi',
      'mig -lci',
      'mig -lcip -gi 2',
      '-L',
      '',
      '-q -i 0',
      '-q -x -i 0',
      '--query-gpu=timestamp,index,name,pci.bus_id,utilization.gpu,memory.used,mig.mode.current --format=csv',
      '--query-gpu=index,power.draw,clocks.sm,pstate --format=csv,noheader,nounits',
      'topo -m',
      'mig -dgi -gi 9',
      'mig -dci -gi 9',
      'mig -dgi -gi 9',
      '-i 2 -mig 1',
      '-i 2 -c EXCLUSIVE_PROCESS',
      '-i 2 -pm 0',
    ],
  },
  {
    name: 'h100-580',
    cards: 'H100-80GB',
    driver: '580.105.08',
    script: ['-mig 1', 'mig -cgi 19:6,20:4 -C', 'mig -lgip', 'mig -lgi', '', '-q -x', '-q'],
  },
  {
    name: 'a30-535',
    cards: 'A30,T4',
    driver: '535.183.01',
    script: ['mig -lgip', '-i 0 -mig 1', 'mig -lgip', '', 'mig -cgi 14 -C', '', '-q -x -i 1'],
  },
] as const;

test.for(tours)('$name', async ({ name, cards, driver, script }) => {
  const host = await openSimHost(cards, driver);
  try {
    let transcript = '';
    for (const line of script) {
      const answer = await host.smi(...line.split(' ').filter((word) => word !== ''));
      transcript += `$ nvidia-smi ${line}\n${answer.out}${answer.err}[exit ${answer.exitCode}]\n\n`;
      // The last card gets a busy process once the listing has named it.
      const uuid = uuidsIn(answer.out).at(-1);
      if (line === '-L' && uuid !== undefined) {
        host.put({
          pid: 4242,
          command: ['/usr/bin/python3', 'serve.py'],
          startTicks: 90_000,
          cpuTicks: 4_000,
          rssMib: 212,
          environment: { CUDA_VISIBLE_DEVICES: uuid },
        });
      }
    }
    await expect(transcript).toMatchFileSnapshot(`./${name}.txt`);
  } finally {
    host.close();
  }
});
