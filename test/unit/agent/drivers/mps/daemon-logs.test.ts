import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cardFolders, type CardFolders } from '../../../../../agent/drivers/mps/control-pipe.ts';
import { capLog, followLog, tailLog } from '../../../../../agent/drivers/mps/daemon-logs.ts';
import { parseGpuUuid } from '../../../../../shared/domain/ids.ts';
import { must } from '../../../../fakes/agent/fake-core.ts';

let folders: CardFolders;
let path = '';

beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'tgm-'));
  folders = cardFolders(directory, must(parseGpuUuid('GPU-00000001')));
  mkdirSync(folders.log, { recursive: true });
  path = join(folders.log, 'control.log');
});
afterEach(() => {
  rmSync(join(folders.log, '../..'), { recursive: true, force: true });
});

function line(text: string): string {
  return `[2026-01-02 03:04:05.006 Control   100] ${text}\n`;
}

const ready = (pid: number): string => line(`NEW SERVER ${pid}: Ready`);

test('a log is followed: what is there, what is added, whole lines only', () => {
  const log = followLog(path);
  expect(log.read()).toEqual([]);
  writeFileSync(path, `${ready(1)}${line('Cmd:get_server_list')}${ready(2)}`);
  expect(log.read().map((event) => event.type)).toEqual(['server-ready', 'server-ready']);
  expect(log.read()).toEqual([]);
  const cut = ready(3);
  appendFileSync(path, cut.slice(0, 40));
  expect(log.read()).toEqual([]);
  appendFileSync(path, cut.slice(40));
  expect(log.read()).toMatchObject([{ type: 'server-ready', server: 3 }]);
});

test('a log that is emptied or replaced is read from its beginning', () => {
  const log = followLog(path);
  writeFileSync(path, `${ready(1)}${ready(2)}`);
  expect(log.read()).toHaveLength(2);
  truncateSync(path, 0);
  appendFileSync(path, ready(3));
  expect(log.read()).toMatchObject([{ server: 3 }]);
  renameSync(path, `${path}.old`);
  writeFileSync(path, `${ready(4)}${ready(5)}${ready(6)}`);
  expect(log.read().map((event) => event.text)).toEqual([
    'NEW SERVER 4: Ready',
    'NEW SERVER 5: Ready',
    'NEW SERVER 6: Ready',
  ]);
});

test('of a log that has grown meanwhile only the end is read', () => {
  const log = followLog(path);
  writeFileSync(path, `${ready(1)}${line('Accepting connection...').repeat(20_000)}${ready(2)}`);
  expect(log.read()).toMatchObject([{ server: 2 }]);
});

test('its end is shown line by line, none of them cut', () => {
  expect(tailLog(folders, 'control.log', 10)).toBe('');
  writeFileSync(path, Array.from({ length: 20_000 }, (_, at) => line(`number ${at}`)).join(''));
  const shown = tailLog(folders, 'control.log', 1_000_000).split('\n');
  expect(shown.at(-1)).toContain('number 19999');
  expect(shown.every((each) => each.startsWith('['))).toBe(true);
  expect(shown.join('\n').length).toBeLessThan(300_000);
  expect(tailLog(folders, 'control.log', 2).split('\n')).toHaveLength(2);
});

test('a log that has grown too long is kept once and emptied', () => {
  expect(capLog(folders, 'control.log', 100)).toBe(false);
  writeFileSync(path, ready(1).repeat(10));
  expect(capLog(folders, 'control.log', 1_000)).toBe(false);
  expect(capLog(folders, 'control.log', 100)).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(ready(1).repeat(10));
  expect(existsSync(`${path}.2`)).toBe(false);
});
