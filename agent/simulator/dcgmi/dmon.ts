import { hang, rest } from '../nvidia-smi/surroundings.ts';
import type { World } from '../nvidia-smi/world.ts';
import type { GpuView } from '../nvidia-smi/view.ts';
import { entityName, type Entity } from './entities.ts';
import { fieldCell, type DcgmField } from './fields.ts';

/** The header is printed again after so many samples. */
const headerPeriod = 14;
/** Profiling metrics are `N/A` in so many samples: the host engine has just begun to count. */
const blindSamples = 2;
const entityWidth = 10;
/** What DCGM adds to the width of each field, and between them. */
const widening = 6;
const padding = 2;

export interface DmonRequest {
  readonly fields: readonly DcgmField[];
  readonly delayMs: number;
  /** Infinity: until it is told to end. */
  readonly samples: number;
  /** The entities to print, found afresh for every sample; a message where they are not there. */
  readonly entities: (views: readonly GpuView[]) => readonly Entity[] | string;
}

/** `dmon -e FIELDS`: a header of two lines, then a row for each entity and sample. */
export async function monitor(world: World, request: DmonRequest): Promise<number> {
  const { around, folder } = world;
  let sinceHeader = 0;
  around.out(header(request.fields));
  for (let sample = 0; sample < request.samples; sample += 1) {
    const state = folder.read();
    if (state === undefined) return 1;
    const desk = world.desk(state);
    if (sample > 0 && desk.has('loop-die')) return 255;
    if (sample > 0 && desk.has('loop-stall')) {
      await hang(around);
      return 0;
    }
    const entities = request.entities(world.views(state, desk));
    if (typeof entities === 'string') {
      around.out(`${entities}\n`);
      return 255;
    }
    const blind = sample > 0 && desk.has('loop-errors');
    around.out(
      entities
        .map((entity) => row(entity, request.fields, { sample: blind ? -1 : sample }))
        .join(''),
    );
    if (sample + 1 >= request.samples) return 0;
    if (!(await rest(around, request.delayMs))) {
      around.out('\n\ndmon was stopped do to receiving a signal\n');
      return 0;
    }
    if (sinceHeader === headerPeriod) {
      around.out(header(request.fields));
      sinceHeader = 0;
    }
    sinceHeader += 1;
  }
  return 0;
}

function header(fields: readonly DcgmField[]): string {
  const line = (first: string, words: readonly string[]): string =>
    `${first.padEnd(entityWidth)}${words.map((word, at) => word.padEnd(columnOf(fields[at]))).join('')}\n`;
  return (
    line(
      '#Entity',
      fields.map((field) => field.shortName),
    ) +
    line(
      'ID',
      fields.map((field) => field.unit),
    )
  );
}

/** `sample` -1: nothing can be read. */
function row(
  entity: Entity,
  fields: readonly DcgmField[],
  { sample }: { readonly sample: number },
): string {
  const cells = fields.map((field) => {
    const known = sample >= (field.isProfiling ? blindSamples : 0);
    const text = known ? fieldCell(field, entity) : 'N/A';
    const width = field.width + widening;
    return (text.length > width ? `${text.slice(0, width - 3)}...` : text).padEnd(columnOf(field));
  });
  return `${entityName(entity).padEnd(entityWidth)}${cells.join('')}\n`;
}

function columnOf(field: DcgmField | undefined): number {
  return (field?.width ?? 0) + widening + padding;
}
