import type { FieldContext } from './query-field.ts';
import type { ProcessView } from './view.ts';

/** A row of `--query-compute-apps`. */
export interface AppContext extends FieldContext {
  readonly process: ProcessView;
}

export interface AppField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly unit: string | undefined;
  readonly value: (context: AppContext) => string | number | null;
  readonly help: string;
}

/** Every field of `--query-compute-apps`. Under MIG the UUID is the parent's: the tool tells no more here. */
export const appFields: readonly AppField[] = [
  app('timestamp', 'when the row was made, to the millisecond', (c) => c.timestamp),
  app('gpu_name', 'product name of the card', (c) => c.view.card.productName),
  app('gpu_bus_id', 'domain:bus:device.function of the card', (c) => c.view.gpu.busId),
  app('gpu_serial', 'serial number of the card', (c) => c.view.gpu.serial),
  app('gpu_uuid', 'identity of the card', (c) => c.view.gpu.uuid),
  app('pid', 'process id', (c) => c.process.pid),
  { ...app('process_name', 'its program', (c) => c.process.name), aliases: ['name'] },
  {
    ...app('used_gpu_memory', 'memory it holds on the card', (c) => c.process.usedMib),
    aliases: ['used_memory'],
    unit: 'MiB',
  },
];

function app(name: string, help: string, value: AppField['value']): AppField {
  return { name, aliases: [], unit: undefined, value, help };
}
