import { expect, test } from 'vitest';
import { callerAddress } from '../../../../coordinator/rest/caller-address.ts';

const peer = '127.0.0.1';

test.for([
  { said: undefined, proxied: true, want: peer },
  { said: '203.0.113.9', proxied: true, want: '203.0.113.9' },
  { said: '10.0.0.1, 2001:db8::1', proxied: true, want: '2001:db8::1' },
  { said: '203.0.113.9, nonsense', proxied: true, want: peer },
  { said: '203.0.113.9:4711', proxied: true, want: peer },
  { said: '', proxied: true, want: peer },
  { said: '203.0.113.9', proxied: false, want: peer },
])('$said, behind a proxy: $proxied → $want', ({ said, proxied, want }) => {
  const headers = said === undefined ? {} : { 'x-forwarded-for': said };
  expect(callerAddress(headers, peer, proxied)).toBe(want);
});
