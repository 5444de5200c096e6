import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lookAtIdentity } from '../../../../agent/doctor/look-at-identity.ts';
import { parseAgentConfig } from '../../../../agent/config.ts';
import { IdentityFiles } from '../../../../agent/identity/identity-files.ts';
import { openAuthority } from '../../../../coordinator/ca/authority.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { makeKeyRequest } from '../../../../shared/pki/key-proof.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'tangram-identity-'));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const config = (text: string) =>
  parseAgentConfig(`node: gpu-1\nstateDir: ${stateDir}\n${text}`, 'agent.yaml');

test('tells of a host that has not joined, of its certificate, and of one that is over', async () => {
  const clock = new ManualClock();
  const joined = config('coordinator: 127.0.0.1:7443\n');
  expect(await lookAtIdentity(joined, clock.wallMs())).toEqual({
    kind: 'untold',
    reason: 'this host has not joined a cluster',
  });
  const authority = await openAuthority({
    store: new MemoryStore(),
    clusterId: 'cluster-ab12',
    passphrase: Buffer.from('correct horse battery staple'),
    clock,
    log: silentLog,
  });
  const { publicKey, privateKeyPem } = makeKeyRequest('gpu-1');
  const life = { publicKey, lifeMs: 3_600_000 };
  const { chainPem } = await authority.issue({ kind: 'agent', name: 'gpu-1' }, life);
  const { roots } = authority.trust();
  new IdentityFiles(stateDir).write({ keyPem: privateKeyPem, chainPem, roots });
  expect(await lookAtIdentity(joined, clock.wallMs())).toMatchObject({
    kind: 'told',
    value: expect.stringMatching(/^certificate of gpu-1, good until /),
  });
  await clock.advance(3_600_000);
  expect(await lookAtIdentity(joined, clock.wallMs())).toMatchObject({
    kind: 'untold',
    reason: expect.stringMatching(/^the certificate of gpu-1 expired at .* longer than it lasted$/),
  });
});

test.for(['', 'coordinator: 127.0.0.1:7443\ntls: off\n'])(
  'nobody asks who a node is with %j',
  async (text) => {
    expect(await lookAtIdentity(config(text), 0)).toBeNull();
  },
);
