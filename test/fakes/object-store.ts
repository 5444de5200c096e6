import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsV4Signer } from 'aws4fetch';

export interface ObjectStoreKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Names on one page of a listing: small, so that a test sees several. */
const pageSize = 2;

/**
 * An object store with one bucket that speaks as much of S3's API as backups use: it checks signatures and sums, lists in
 * pages, and answers errors as XML.
 */
export class ObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Requests that are answered with 503 before any is served. */
  busy = 0;
  readonly #keys: ObjectStoreKeys;
  readonly #bucket: string;
  readonly #server: Server;

  constructor(bucket: string, keys: ObjectStoreKeys) {
    this.#bucket = bucket;
    this.#keys = keys;
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => response.writeHead(status).end(body));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (this.busy > 0) {
      this.busy -= 1;
      return error(503, 'SlowDown');
    }
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    const [, bucket, ...rest] = url.pathname.split('/');
    if (!(await this.#isSigned(request, url))) return error(403, 'SignatureDoesNotMatch');
    if (bucket !== this.#bucket) return error(404, 'NoSuchBucket');
    const key = decodeURIComponent(rest.join('/'));
    switch (request.method ?? '') {
      case 'PUT': {
        const sum = createHash('sha256').update(body).digest('hex');
        if (request.headers['x-amz-content-sha256'] !== sum) return error(400, 'BadDigest');
        this.objects.set(key, body);
        return { status: 200, body: '' };
      }
      case 'DELETE':
        this.objects.delete(key);
        return { status: 204, body: '' };
      case 'GET':
        return { status: 200, body: this.#list(url.searchParams) };
      default:
        return error(405, 'MethodNotAllowed');
    }
  }

  #list(query: URLSearchParams): string {
    const from = Number(query.get('continuation-token') ?? '0');
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? ''))
      .toSorted();
    const page = keys.slice(from, from + pageSize);
    const more = from + pageSize < keys.length;
    return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${page
      .map(
        (key) =>
          `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.length}</Size></Contents>`,
      )
      .join('')}<IsTruncated>${more}</IsTruncated>${
      more ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : ''
    }</ListBucketResult>`;
  }

  async #isSigned(request: IncomingMessage, url: URL): Promise<boolean> {
    const told = request.headers.authorization ?? '';
    const date = String(request.headers['x-amz-date']);
    const signer = new AwsV4Signer({
      method: request.method ?? 'GET',
      url: url.href,
      headers: { 'x-amz-content-sha256': String(request.headers['x-amz-content-sha256']) },
      ...this.#keys,
      service: 's3',
      region: 'us-east-1',
      datetime: date,
    });
    const { headers } = await signer.sign();
    return headers.get('authorization') === told;
  }
}

function error(status: number, code: string): { status: number; body: string } {
  return { status, body: `<Error><Code>${code}</Code></Error>` };
}
