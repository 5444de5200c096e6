import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';

const addressKey = 'tangram-forwarded-address';
const proofKey = 'tangram-forwarded-proof';

/**
 * From which address somebody calls for whom the REST mirror calls: all its calls come from this host. Only who knows this
 * process's secret is believed, so nobody else can speak for another address.
 */
export class ForwardedAddress {
  readonly #secret: Uint8Array;

  /** `secret`: drawn anew for each process. */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  note(metadata: Metadata, address: string): void {
    metadata.set(addressKey, address);
    metadata.set(proofKey, this.#proofOf(address).toString('base64url'));
  }

  /** Takes it out of a call's metadata; null: nobody says, or nobody who may. */
  take(metadata: Metadata): string | null {
    const [address] = metadata.get(addressKey);
    const [proof] = metadata.get(proofKey);
    metadata.remove(addressKey);
    metadata.remove(proofKey);
    if (typeof address !== 'string' || typeof proof !== 'string') return null;
    const given = Buffer.from(proof, 'base64url');
    const wanted = this.#proofOf(address);
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? address : null;
  }

  #proofOf(address: string): Buffer {
    return createHmac('sha256', this.#secret).update(address).digest();
  }
}
