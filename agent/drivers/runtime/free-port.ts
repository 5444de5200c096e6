import { createServer } from 'node:net';

/** A loopback TCP port that nobody listens on now. Somebody may take it before it is used: the replica then fails and is started anew. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
