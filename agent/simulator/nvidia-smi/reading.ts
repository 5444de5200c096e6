import { localLongTime, localTime } from '../local-time.ts';
import type { CommandLine, Request } from './command-line.ts';
import type { Dialect } from './dialect.ts';
import { appQuery, gpuQuery } from './render-csv.ts';
import { renderHelp, renderMigHelp, renderQueryHelp, renderVersion } from './render-help.ts';
import { renderList } from './render-list.ts';
import { renderMonitor } from './render-monitor.ts';
import { renderNvlink } from './render-nvlink.ts';
import { displayWords, renderText, renderXml } from './render-query.ts';
import { renderTable } from './render-table.ts';
import { renderTopology } from './render-topology.ts';
import { isNamed, nothingFound, reply, type Reply } from './reply.ts';
import type { GpuView } from './view.ts';

export interface Asking {
  readonly line: CommandLine;
  readonly dialect: Dialect;
  /** Counted from 0: a CSV header comes before the first sample only. */
  readonly sample: number;
  readonly cpuCount: number;
}

/** Answers what changes nothing. `look` is asked only when cards are needed. */
export function read(asking: Asking, look: () => readonly GpuView[], nowMs: number): Reply {
  const { dialect, line } = asking;
  const { request } = line;
  const constant = constantText(request, dialect);
  if (constant !== undefined) return reply(constant);
  const all = look();
  const selected = select(all, line.selection);
  if (selected === undefined) return nothingFound;
  if (request.kind === 'csv') {
    return csv(selected, asking, { timestamp: localTime(nowMs, '/'), gpuCount: all.length });
  }
  const opened = selected.filter((view) => !view.health.handleError);
  const complaints = selected
    .filter((view) => view.health.handleError)
    .map((view) => noHandle(view, dialect));
  const said = tell(opened, asking, { nowMs, attached: all.length });
  return { ...said, lines: [...complaints, ...said.lines] };
}

function tell(
  views: readonly GpuView[],
  asking: Asking,
  at: { readonly nowMs: number; readonly attached: number },
): Reply {
  const { dialect } = asking;
  const { request } = asking.line;
  if (request.kind === 'list') return reply(renderList(views, dialect));
  if (request.kind === 'topology') return reply(renderTopology(views, asking.cpuCount));
  if (request.kind === 'nvlink') return reply(renderNvlink(views, request.what, dialect));
  if (request.kind === 'monitor') {
    return renderMonitor(views, { ...request, dialect, sample: asking.sample, nowMs: at.nowMs });
  }
  if (request.kind !== 'query') return renderTable(views, dialect, localLongTime(at.nowMs));
  const { display } = request;
  const unknown = display?.find((word) => !displayWords.includes(word.toUpperCase()));
  if (unknown !== undefined) {
    return reply([`ERROR: Option --display has an invalid value "${unknown}".`, ''], 2);
  }
  const page = { dialect, timestamp: localLongTime(at.nowMs), attached: at.attached, display };
  return reply(request.xml ? renderXml(views, page) : renderText(views, page));
}

/** A card that cannot be opened gets a line of its own, and is left out of everything else. */
function noHandle(view: GpuView, { major }: Dialect): string {
  const bus = view.gpu.busId.toLowerCase().slice(4);
  const named = major >= 535 ? `GPU${view.index}: ${bus}` : `GPU${bus}`;
  return `Unable to determine the device handle for ${named}: Unknown Error`;
}

function select(
  views: readonly GpuView[],
  selection: readonly string[] | undefined,
): readonly GpuView[] | undefined {
  if (selection === undefined) return views;
  const wanted = new Set<number>();
  for (const name of selection) {
    const found = views.find((view) => isNamed(view.gpu, view.index, name.trim()));
    if (found === undefined) return undefined;
    wanted.add(found.index);
  }
  return views.filter((view) => wanted.has(view.index));
}

/** Texts that need no card. */
function constantText(request: Request, dialect: Dialect): readonly string[] | undefined {
  if (request.kind === 'help') return renderHelp(dialect);
  if (request.kind === 'help-mig') return renderMigHelp();
  if (request.kind === 'help-query') return renderQueryHelp(request.topic, dialect);
  return request.kind === 'version' ? renderVersion(dialect) : undefined;
}

function csv(
  views: readonly GpuView[],
  { line: { request }, dialect, sample }: Asking,
  given: { readonly timestamp: string; readonly gpuCount: number },
): Reply {
  if (request.kind !== 'csv') return nothingFound;
  const context = { ...given, dialect };
  const header = request.csv.header && sample === 0;
  if (request.topic === 'gpu') {
    const query = gpuQuery(dialect, request.csv);
    if ('exitCode' in query) return query;
    const rows = views.map((view) => query.row({ ...context, view }));
    return reply([...(header ? [query.header] : []), ...rows]);
  }
  const query = appQuery(dialect, request.csv);
  if ('exitCode' in query) return query;
  const rows = views.flatMap((view) =>
    view.processes.map((process) => query.row({ ...context, view, process })),
  );
  return reply([...(header ? [query.header] : []), ...rows]);
}
