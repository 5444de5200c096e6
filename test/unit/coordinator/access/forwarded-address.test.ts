import { randomBytes } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { ForwardedAddress } from '../../../../coordinator/access/forwarded-address.ts';

const ours = new ForwardedAddress(randomBytes(32));
const others = new ForwardedAddress(randomBytes(32));

function noted(by: ForwardedAddress): Metadata {
  const metadata = new Metadata();
  by.note(metadata, '203.0.113.9');
  return metadata;
}

test('what this process noted is believed, once, and nobody else reads it', () => {
  const metadata = noted(ours);
  expect(ours.take(metadata)).toBe('203.0.113.9');
  expect(metadata.getMap()).toEqual({});
  expect(ours.take(metadata)).toBeNull();
});

const forged: readonly (readonly [string, (metadata: Metadata) => void])[] = [
  ['nothing', (metadata) => metadata.remove('tangram-forwarded-proof')],
  ['another address', (metadata) => metadata.set('tangram-forwarded-address', '198.51.100.1')],
  ['an empty proof', (metadata) => metadata.set('tangram-forwarded-proof', '')],
  ['a proof cut short', (metadata) => metadata.set('tangram-forwarded-proof', 'AAAA')],
];

test.for(forged)('a peer that proves it with %s is not believed', ([, change]) => {
  const metadata = noted(ours);
  change(metadata);
  expect(ours.take(metadata)).toBeNull();
  expect(metadata.getMap()).toEqual({});
});

test("another process's secret is not ours", () => {
  expect(ours.take(noted(others))).toBeNull();
});
