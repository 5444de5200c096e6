import { expect, test } from 'vitest';
import { renderJoinLine, renderTokenNote } from '../../../../coordinator/cli/render-trust.ts';

const made = (joinAddress: string) => ({
  joinAddress,
  secretText: 'tg1.secret',
  token: {
    id: 'k7rvwznq',
    usesLeft: 2,
    nodePattern: 'gpu-*',
    labels: {},
    createdAtMs: '0',
    expiresAtMs: String(Date.UTC(2026, 0, 2, 3, 4)),
  },
});

test('the line to paste stands alone, and beside it is what it is good for', () => {
  const token = made('c1.example:7442');
  expect(renderJoinLine(token)).toBe('tangram-agent join c1.example:7442 --token tg1.secret\n');
  expect(renderTokenNote(token)).toBe(
    'run this on the host, as root; it lets 2 nodes named gpu-* in until 2026-01-02 03:04 UTC; tangram token revoke k7rvwznq takes it back\n',
  );
});

test.each(['127.0.0.1:7442', 'localhost:7442', '[::1]:7442'])(
  '%s leads every host to itself, and the keys to set are named',
  (address) => {
    expect(renderTokenNote(made(address))).toMatch(
      /\nwarning: \S+ is reached from the coordinator's own host alone; for others set in coordinator\.yaml grpc: .*, join: .* and advertise: /,
    );
  },
);
