import { expect, test } from 'vitest';
import { checkAdvertised } from '../../../../coordinator/leader/advertised-address.ts';

const cases = [
  { name: 'where it listens', config: { grpc: '127.0.0.1:7443' }, alone: false, ok: true },
  { name: 'everywhere', config: { grpc: '0.0.0.0:7443' }, alone: false, ok: false },
  { name: 'everywhere, in six', config: { grpc: '[::]:7443' }, alone: false, ok: false },
  { name: 'everywhere, alone', config: { grpc: '0.0.0.0:7443' }, alone: true, ok: true },
  {
    name: 'a name',
    config: { grpc: '0.0.0.0:7443', advertise: 'c-1.example.com:7443' },
    alone: false,
    ok: true,
  },
  { name: 'no port', config: { grpc: '0.0.0.0:7443', advertise: 'c-1' }, alone: false, ok: false },
];

test.for(cases)('$name', ({ config, alone, ok }) => {
  const check = (): void => checkAdvertised(config, alone);
  if (ok) expect(check).not.toThrow();
  else expect(check).toThrow(/advertise: the other coordinators/);
});
