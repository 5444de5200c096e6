import pino, { type Logger } from 'pino';

export type Log = Logger;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines on standard output, one object a line; `level` is a word and `time` is RFC 3339. */
export function createLog(options: { readonly name: string; readonly level: LogLevel }): Log {
  return pino({
    name: options.name,
    level: options.level,
    base: { name: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['token', '*.token', 'authorization', '*.authorization'],
  });
}

export const silentLog: Log = pino({ level: 'silent' });
