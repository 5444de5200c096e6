import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../../../agent/support/redact.ts';

const secret = 'hunter2-Zq9x8w7v6u5t4s3r2q';

test.for([
  `HF_TOKEN=${secret}`,
  `DB_PASSWORD='${secret}' PORT=80`,
  `password: ${secret}`,
  `  - apiKey: "${secret}"`,
  `{"env":{"AWS_SECRET_ACCESS_KEY":"${secret}"}}`,
  `{"text":"{\\"token\\":\\"${secret}\\"}"}`,
  `["--api-key=${secret}"]`,
  `serve --auth-token ${secret} --port 80`,
  `Authorization: Bearer ${secret}`,
  `curl -H "authorization: basic ${secret}"`,
  `s3://user:${secret}@host/bucket`,
  `postgres://${secret}@db:5432/x`,
  `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\n${secret}`,
  `found hf_${'a'.repeat(30)}${secret.slice(0, 3)} here`,
  `jwt eyJhbGciOiJI.eyJzdWIiOiIx.${'c'.repeat(20)}`,
])('%s loses its secret and says so', (text) => {
  const redacted = redact(text);
  expect(redacted).not.toContain(secret);
  expect(redacted).not.toMatch(/hf_a|eyJh/);
  expect(redacted).toContain('<redacted>');
});

test.for([
  'GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-27b94a00-ed54-5c24-b1fd-1054085de32a)',
  'MODEL_VERSION=production',
  'http://127.0.0.1:9420/metrics',
  'docker.socket: /var/run/docker.sock',
  '| N/A   32C    P0    69W /  300W |     437MiB /  81920MiB |    100%      Default |',
])('%s is left as it is', (text) => {
  expect(redact(text)).toBe(text);
});

test('what is redacted once stays as it is, and the rest of the text stays around it', () => {
  const around = fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^\w .,|]/g, ' '));
  fc.assert(
    fc.property(around, around, (before, after) => {
      const once = redact(`${before}\nTOKEN=${secret}\n${after}`);
      expect(once).not.toContain(secret);
      expect(redact(once)).toBe(once);
    }),
  );
});

test('a long text without line ends is done in linear time', () => {
  const from = performance.now();
  redact('token '.repeat(200_000));
  redact('-'.repeat(500_000));
  redact('a'.repeat(500_000));
  expect(performance.now() - from).toBeLessThan(20_000);
});
