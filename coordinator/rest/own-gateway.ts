import { credentials } from '@grpc/grpc-js';
import { assert } from '../../shared/domain/assert.ts';
import { parseAddress, renderAddress } from '../../shared/platform/listen-address.ts';
import { plaintext } from '../../shared/wire/services.ts';
import { Gateway } from './gateway.ts';

/** Who listens everywhere is reached on loopback. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** How the mirror reaches the coordinator that it runs in. */
export class OwnGateway {
  readonly #address: string;
  readonly #roots: () => readonly string[] | null;
  #made: { readonly roots: string; readonly gateway: Gateway } | undefined;

  /** `address`: a door for callers with tokens, as it listens. `roots`: PEM that its certificate rests on; null: plaintext. */
  constructor(address: string, roots: () => readonly string[] | null) {
    const parsed = parseAddress(address);
    assert(parsed.ok, 'a door listens on an address');
    const { host, port } = parsed.value;
    this.#address = renderAddress({ host: everywhere[host] ?? host, port });
    this.#roots = roots;
  }

  /** A new one once the authority has other roots. */
  now(): Gateway {
    const roots = this.#roots()?.join('') ?? '';
    if (this.#made?.roots === roots) return this.#made.gateway;
    this.#made?.gateway.close();
    const channel = roots === '' ? plaintext : credentials.createSsl(Buffer.from(roots));
    const gateway = new Gateway(this.#address, channel);
    this.#made = { roots, gateway };
    return gateway;
  }

  close(): void {
    this.#made?.gateway.close();
    this.#made = undefined;
  }
}
