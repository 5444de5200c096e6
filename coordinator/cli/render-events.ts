import { renderTable } from '../../shared/platform/table.ts';
import type { Event__Output } from '../../shared/wire/generated/tangram/v1/Event.ts';
import { timeText } from './words.ts';

/** `tangram events`: newest last, as in a log. */
export function renderEvents(events: readonly Event__Output[]): string {
  return renderTable(['TIME', 'KIND', 'SUBJECT', 'MESSAGE'], events.map(eventRow));
}

/** One line of `tangram events --follow`, where no table can be: what comes next is not known. */
export function renderEventLine(event: Event__Output): string {
  return `${eventRow(event).join('  ')}\n`;
}

function eventRow(event: Event__Output): string[] {
  return [timeText(event.atMs), event.kind, event.subject, event.message];
}
