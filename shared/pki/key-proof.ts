import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { err, ok, type Result } from '../domain/result.ts';

/** A new key, and what its holder sends to have it certified. */
export interface KeyRequest {
  /** PKCS#8, PEM. It never leaves its host. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** ECDSA with SHA-256, DER, over `proofText`. */
  readonly proof: Uint8Array;
}

const publicKeyBytesMax = 256;
const proofBytesMax = 256;

/**
 * A P-256 key for `name`. A signature and not a PKCS#10 request: everything else that a request could ask for is the
 * authority's to decide, so nothing of it is sent, parsed or trusted, and an agent needs no ASN.1 library.
 */
export function makeKeyRequest(name: string): KeyRequest {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return requestFor(privateKey, name);
}

/** `makeKeyRequest` for a key that is there already. Throws for text that is no key. */
export function keyRequestOf(privateKeyPem: string, name: string): KeyRequest {
  return requestFor(createPrivateKey(privateKeyPem), name);
}

/** The public key of a request, if it is one of P-256 and the sender holds its private half. */
export function checkKeyRequest(
  { publicKey, proof }: Pick<KeyRequest, 'publicKey' | 'proof'>,
  name: string,
): Result<KeyObject> {
  if (publicKey.length > publicKeyBytesMax || proof.length > proofBytesMax) {
    return refused('is longer than a P-256 key and its signature are');
  }
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return refused('is not on P-256');
    const holds = verify('sha256', proofText(name, publicKey), key, proof);
    return holds ? ok(key) : refused('is not signed by its own private half');
  } catch {
    return refused('cannot be read');
  }
}

function requestFor(privateKey: KeyObject, name: string): KeyRequest {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey,
    proof: sign('sha256', proofText(name, publicKey), privateKey),
  };
}

function proofText(name: string, publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`tangram-key-v1\0${name}\0`), publicKey]);
}

function refused(why: string): Result<KeyObject> {
  return err({ code: 'REQUEST_INVALID', path: 'public_key', message: `the key ${why}` });
}
