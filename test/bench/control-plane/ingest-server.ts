import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type { Caller } from '../../../coordinator/access/caller.ts';
import { noteCaller } from '../../../coordinator/access/caller-of.ts';
import { createLinkCounters } from '../../../coordinator/api/link-counters.ts';
import {
  TelemetryStreams,
  type TelemetryCall,
} from '../../../coordinator/api/telemetry-streams.ts';
import { Samples } from '../../../coordinator/telemetry/samples.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { linkService } from '../../../shared/wire/services.ts';
import { rawLinkService, type TelemetryAck } from '../../../shared/wire/telemetry-frame.ts';
import { ingestPaths, type IngestTally } from './ingest-wire.ts';

/** Counts what it has taken on each path, and tells it with its CPU time whenever its parent asks. */
const tally = { undecoded: 0, usual: 0 };
const samples = new Samples({ clock: systemClock });
const streams = new TelemetryStreams({
  core: { knowsNode: () => true },
  samples,
  gate: { shedding: false },
  log: silentLog,
  counters: createLinkCounters(),
});

const caller: Caller = {
  kind: 'local',
  name: 'bench',
  role: 'agent',
  namespaces: 'all',
  proof: { kind: 'local' },
};

const server = new Server({ 'grpc.max_concurrent_streams': 100 });
const counting =
  (count: () => void) =>
  (call: ServerDuplexStream<unknown, TelemetryAck>): void => {
    call.on('data', count);
    call.on('end', () => call.end());
    call.on('cancelled', () => undefined);
  };
server.addService(
  {
    Kept: { ...rawLinkService.Telemetry, path: ingestPaths.kept },
    Undecoded: { ...rawLinkService.Telemetry, path: ingestPaths.undecoded },
    Usual: { ...linkService.Telemetry, path: ingestPaths.usual },
  },
  {
    Kept: (call: TelemetryCall) => {
      // As the guard does for whoever is on this machine.
      noteCaller(call.metadata, caller);
      streams.receive(call);
    },
    Undecoded: counting(() => void (tally.undecoded += 1)),
    Usual: counting(() => void (tally.usual += 1)),
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.send?.({ port });
});

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const told: IngestTally = {
    cpuSeconds: (user + system) / 1e6,
    kept: samples.counts().batchesTotal,
    ...tally,
  };
  process.send?.(told);
});
process.on('disconnect', () => process.exit(0));
