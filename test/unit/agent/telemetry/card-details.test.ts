import { expect, test } from 'vitest';
import { CardDetails } from '../../../../agent/telemetry/card-details.ts';
import type { GpuReport } from '../../../../agent/formats/report/report.ts';
import { xmlFormat } from '../../../../agent/formats/report/xml.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { must } from '../../../fakes/agent/fake-core.ts';
import { ManualClock, settle } from '../../../fakes/manual-clock.ts';

const report: GpuReport = must(
  xmlFormat.parse(
    '<?xml version="1.0" ?>\n<nvidia_smi_log>\n<driver_version>580.65.06</driver_version>\n<attached_gpus>0</attached_gpus>\n</nvidia_smi_log>\n',
  ),
);

function setUp(options: { readonly tookMs?: number } = {}) {
  const clock = new ManualClock();
  const reads: number[] = [];
  let failing = false;
  const details = new CardDetails({
    nvidiaSmi: {
      readReport: async (signal) => {
        reads.push(clock.monotonicMs());
        if (options.tookMs !== undefined) await clock.sleep(options.tookMs, signal);
        if (failing) throw new Error('the tool hangs');
        return report;
      },
    },
    clock,
    log: silentLog,
    periodMs: 60_000,
  });
  const controller = new AbortController();
  const running = details.run(controller.signal);
  const end = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  const fail = (): void => {
    failing = true;
  };
  return { clock, details, reads, end, fail };
}

test('the report is read soon after the start and then once a minute', async () => {
  const { clock, details, reads, end } = setUp();
  expect(details.latest()).toBeNull();
  await clock.advance(125_000);
  expect(reads).toEqual([3_000, 63_000, 123_000]);
  expect(details.latest()).toEqual({ details: report, ageMs: 2_000 });
  await end();
});

test('a report that takes long is asked less often', async () => {
  const { clock, reads, end } = setUp({ tookMs: 10_000 });
  await clock.advance(230_000);
  expect(reads).toEqual([3_000, 103_000, 203_000]);
  await end();
});

test('a failure leaves the last report, which grows older', async () => {
  const { clock, details, end, fail } = setUp();
  await clock.advance(10_000);
  fail();
  await clock.advance(190_000);
  expect(details.latest()?.ageMs).toBe(197_000);
  expect(details.latest()?.ageMs).toBeGreaterThan(details.staleMs);
  await end();
});

test('asked for, it is read as soon as may be, however often it is asked', async () => {
  const { clock, details, reads, end } = setUp();
  await clock.advance(4_000);
  details.poke();
  details.poke();
  await settle();
  expect(reads).toEqual([3_000]);
  await clock.advance(4_000);
  expect(reads).toEqual([3_000, 8_000]);
  await end();
});
