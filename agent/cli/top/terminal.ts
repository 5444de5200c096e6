import type { ReadStream, WriteStream } from 'node:tty';

/** The terminal of a live view. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** NO_COLOR is not set. */
  readonly colour: boolean;
  /** Its locale draws more than ASCII. */
  readonly unicode: boolean;
  write(text: string): void;
  /** Takes the whole screen and the keys; `leave` gives both back, however often it is called. */
  enter(on: { readonly keys: (chunk: string) => void; readonly resize: () => void }): void;
  leave(): void;
}

// The alternate screen keeps what stood on the terminal; a hidden cursor does not jump about.
const enterScreen = '\u001b[?1049h\u001b[?25l\u001b[2J';
const leaveScreen = '\u001b[0m\u001b[?25h\u001b[?1049l';

const columnsDefault = 80;
const rowsDefault = 24;

/** The terminal that this process runs in. It is given back even when the process is told to end meanwhile. */
export function processTerminal(
  input: ReadStream,
  output: WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? '';
  let entered: { readonly keys: (chunk: string) => void; readonly resize: () => void } | null =
    null;
  const leave = (): void => {
    if (entered === null) return;
    const { keys, resize } = entered;
    entered = null;
    input.off('data', keys);
    output.off('resize', resize);
    process.off('exit', leave);
    for (const name of fatal) process.off(name, leaveAndEnd);
    input.setRawMode(false);
    input.pause();
    output.write(leaveScreen);
  };
  const leaveAndEnd = (name: NodeJS.Signals): void => {
    leave();
    // Ours is gone by now: the same signal ends the process as it would have.
    process.kill(process.pid, name);
  };
  return {
    get columns() {
      return output.columns > 0 ? output.columns : columnsDefault;
    },
    get rows() {
      return output.rows > 0 ? output.rows : rowsDefault;
    },
    colour: (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    unicode: /utf-?8/i.test(locale),
    write: (text) => void output.write(text),
    enter: (on) => {
      entered = on;
      output.write(enterScreen);
      input.setEncoding('utf8');
      input.setRawMode(true);
      input.on('data', on.keys);
      input.resume();
      output.on('resize', on.resize);
      process.on('exit', leave);
      for (const name of fatal) process.on(name, leaveAndEnd);
    },
    leave,
  };
}

const fatal = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
