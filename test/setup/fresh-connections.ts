/**
 * A connection of its own for every `fetch` of a test. Tests run command lines synchronously, so nobody sees that a server closed an
 * idle connection meanwhile (node:http does after 5 s), and the next request would be written into it: `other side closed`.
 */
const connect = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const headers = new Headers(
    init?.headers ?? (input instanceof Request ? input.headers : undefined),
  );
  headers.set('connection', 'close');
  return connect(input, { ...init, headers });
};
