import type { CommandLine, Loop } from './command-line.ts';
import type { Dialect } from './dialect.ts';
import { misbehave } from './misbehave.ts';
import { noState } from './own-flags.ts';
import { read } from './reading.ts';
import type { GpuView } from './view.ts';
import { complain, hang, rest, say } from './surroundings.ts';
import { happen, type World } from './world.ts';

/**
 * A loop (`-l`, `-lms`, `dmon`, `pmon`): one process, one scan a period. The state and the faults are read again
 * only when somebody changed them.
 */
export async function watch(
  given: {
    readonly world: World;
    readonly dialect: Dialect;
    readonly out: (text: string) => void;
  },
  line: CommandLine,
  loop: Loop,
): Promise<number> {
  const { world, dialect, out } = given;
  const { around, folder, faults } = world;
  const revisionNow = (): string => `${folder.revision()} ${faults.revision()}`;
  let revision = revisionNow();
  let state = folder.read();
  let dueMs = around.clock.monotonicMs();
  for (let sample = 0; sample < loop.samples && !around.signal.aborted; sample += 1) {
    const current = revisionNow();
    if (sample > 0 && current !== revision) {
      revision = current;
      state = folder.read();
      if (state !== undefined) state = happen(world, state);
      const broken = state && (await misbehave(around, state, world.desk(state)));
      if (broken !== undefined) return say(out, broken);
    }
    if (state === undefined) return complain(around, noState(world.directory));
    const newest = state;
    const desk = world.desk(newest);
    if (sample > 0 && desk.has('loop-die')) return 255;
    if (sample > 0 && desk.has('loop-stall')) {
      await hang(around);
      return 0;
    }
    const blind = sample > 0 && desk.has('loop-errors');
    const views = (): readonly GpuView[] => {
      const seen = world.views(newest, desk);
      return blind ? seen.map(unreadable) : seen;
    };
    const asking = { line, dialect, sample, cpuCount: around.cpuCount };
    const said = read(asking, views, around.clock.wallMs());
    say(out, said);
    if (said.exitCode !== 0 && said.exitCode !== 15) return said.exitCode;
    if (sample + 1 >= loop.samples) return 0;
    dueMs = Math.max(dueMs + loop.periodMs, around.clock.monotonicMs());
    // Never 0: a loop that lags behind must still hear that it is to end.
    if (!(await rest(around, Math.max(1, dueMs - around.clock.monotonicMs())))) break;
  }
  return 0;
}

function unreadable(view: GpuView): GpuView {
  return { ...view, health: { ...view.health, unreadable: 'Unknown Error' } };
}
