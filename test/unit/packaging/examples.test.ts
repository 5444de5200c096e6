import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseAgentConfig } from '../../../agent/config.ts';
import { coordinatorConfigSchema } from '../../../coordinator/config.ts';
import { parseScenario } from '../../../coordinator/scenario/parse-scenario.ts';
import { writeConfigs } from '../../../packaging/start/configs.ts';
import { makeLayout, planLayout } from '../../../packaging/start/layout.ts';
import { parseManifests } from '../../../shared/manifest/parse-manifests.ts';
import { parseConfig } from '../../../shared/platform/config-file.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function example(name: string): string {
  return readFileSync(new URL(`../../../packaging/examples/${name}`, import.meta.url), 'utf8');
}

test('the example of the agent is what the agent reads', () => {
  const config = parseAgentConfig(example('agent.yaml'), '/etc/tangram/agent.yaml');
  expect(config).toMatchObject({ node: 'gpu-host-1', authority: 'observe', runtime: 'auto' });
});

test('the example of the coordinator is what the coordinator reads, and shows its defaults', () => {
  const config = parseConfig(
    example('coordinator.yaml'),
    'coordinator.yaml',
    coordinatorConfigSchema,
  );
  expect(config).toEqual(coordinatorConfigSchema.parse({}));
});

test('the example of a model parses', () => {
  const parsed = parseManifests([{ name: 'model.yaml', text: example('model.yaml') }]);
  expect(parsed).toMatchObject({ ok: true, value: [{ spec: { name: 'sentiment' } }] });
});

test('the example of a scenario parses, and has every kind of event', () => {
  const parsed = parseScenario([{ name: 'scenario.yaml', text: example('scenario.yaml') }]);
  expect(parsed.ok ? [] : parsed.problem).toEqual([]);
  const kinds = parsed.ok ? parsed.value.events.map(({ kind }) => kind) : [];
  expect([...new Set(kinds)].sort()).toEqual(['drain', 'fail', 'jobs', 'lose', 'scale']);
});

test('the example of Prometheus asks the coordinator for the agents', () => {
  const config: { scrape_configs: { http_sd_configs?: { url: string }[] }[] } = parse(
    example('prometheus.yml'),
  );
  const urls = config.scrape_configs.flatMap((each) => each.http_sd_configs ?? []);
  expect(urls.map((each) => each.url)).toEqual(['http://127.0.0.1:7480/sd/prometheus']);
});

test.for([
  { cards: 'simulated', realCards: null, runtime: 'process' as const },
  { cards: 'real', realCards: ['GPU-1a2b'], runtime: 'docker' as const },
])('what npm start writes for $cards cards is what the programs read', ({ realCards, runtime }) => {
  const folder = mkdtempSync(join(tmpdir(), 'tangram-configs-'));
  try {
    const layout = planLayout(folder);
    makeLayout(layout);
    const ports = { grpc: 21_001, join: 21_004, http: 21_002, metrics: 21_003 };
    const files = writeConfigs({ layout, ports, runtime, realCards });
    const agent = parseAgentConfig(readFileSync(files.agent, 'utf8'), files.agent);
    const text = readFileSync(files.coordinator, 'utf8');
    const coordinator = parseConfig(text, files.coordinator, coordinatorConfigSchema);
    expect(coordinator.grpc).toBe('127.0.0.1:21001');
    expect(agent).toMatchObject({
      coordinator: [{ port: 21_001 }],
      runtime,
      authority: realCards === null ? 'cut' : 'observe',
      gpuAuthority: realCards === null ? {} : { 'GPU-1a2b': 'cut' },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
