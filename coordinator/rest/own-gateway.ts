import { assert } from '../../shared/domain/assert.ts';
import { parseAddress, renderAddress } from '../../shared/platform/listen-address.ts';
import { plaintext } from '../../shared/wire/services.ts';
import { tlsChannel } from '../../shared/wire/tls-channel.ts';
import { Gateway, type NoteAddress } from './gateway.ts';

/** Who listens everywhere is reached on loopback. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export interface OwnTrust {
  readonly cluster: string;
  /** PEM that the door's certificate rests on; null: it speaks in plaintext. */
  readonly roots: () => readonly string[] | null;
}

/** How the mirror reaches the coordinator that it runs in. */
export class OwnGateway {
  readonly #address: string;
  readonly #trust: OwnTrust;
  readonly #noteAddress: NoteAddress;
  #made: { readonly roots: string; readonly gateway: Gateway } | undefined;

  /** `address`: a door for callers with tokens, as it listens. */
  constructor(address: string, trust: OwnTrust, noteAddress: NoteAddress) {
    const parsed = parseAddress(address);
    assert(parsed.ok, 'a door listens on an address');
    const { host, port } = parsed.value;
    this.#address = renderAddress({ host: everywhere[host] ?? host, port });
    this.#trust = trust;
    this.#noteAddress = noteAddress;
  }

  /** A new one once the authority has other roots. */
  now(): Gateway {
    const { cluster, roots: rootsNow } = this.#trust;
    const roots = rootsNow();
    const text = roots?.join('') ?? '';
    if (this.#made?.roots === text) return this.#made.gateway;
    this.#made?.gateway.close();
    const channel = roots === null ? plaintext : tlsChannel({ cluster, roots });
    const gateway = new Gateway(this.#address, channel, this.#noteAddress);
    this.#made = { roots: text, gateway };
    return gateway;
  }

  close(): void {
    this.#made?.gateway.close();
    this.#made = undefined;
  }
}
