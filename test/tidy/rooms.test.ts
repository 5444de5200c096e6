import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from './source-files.ts';

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const rooms = ['agent', 'coordinator', 'shared', 'packaging', 'test'];

/** Cruises `folder` with the project's own configuration. */
function cruise(folder: string, paths: readonly string[]): Cruise['summary'] {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths];
  const run = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (run.stdout === '') throw new Error(`dependency-cruiser said nothing: ${run.stderr}`);
  const parsed: Cruise = JSON.parse(run.stdout);
  return parsed.summary;
}

test('the rules see the whole project, and it keeps them', () => {
  const seen = cruise(root, rooms);
  // A parser that cannot read the sources sees almost nothing and passes.
  expect(seen.totalCruised).toBeGreaterThan(150);
  expect(seen.violations.map(({ from, rule }) => `${from}: ${rule.name}`)).toEqual([]);
}, 120_000);

describe('a planted violation', () => {
  let folder = '';

  /** A small project: our configuration, our packages, and only what a case plants. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tangram-rooms-'));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const cases: readonly {
    readonly rule: string;
    readonly files: Readonly<Record<string, string>>;
  }[] = [
    {
      rule: 'leader-before-doors',
      files: {
        'coordinator/leader/standing.ts': `import { serve } from '../api/server.ts';\nexport const on = serve;\n`,
        'coordinator/api/server.ts': 'export const serve = 1;\n',
      },
    },
    {
      rule: 'fleet-below-leader',
      files: {
        'coordinator/fleet/round.ts': `import { leads } from '../leader/standing.ts';\nexport const on = leads;\n`,
        'coordinator/leader/standing.ts': 'export const leads = 1;\n',
      },
    },
    {
      rule: 'domain-is-pure',
      files: {
        'shared/domain/a.ts': `import { readFileSync } from 'node:fs';\nreadFileSync('x');\n`,
      },
    },
    {
      rule: 'placement-is-pure',
      files: {
        'shared/placement/a.ts': `import { b } from '../fleet/b.ts';\nexport const a = b;\n`,
        'coordinator/fleet/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'judging-is-pure',
      files: {
        'agent/health/judge.ts': `import { b } from '../store/b.ts';\nexport const a = b;\n`,
        'agent/store/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'planning-is-pure',
      files: {
        'agent/reconcile/plan.ts': `import { b } from '../store/b.ts';\nexport const a = b;\n`,
        'agent/store/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'access-before-doors',
      files: {
        'coordinator/access/a.ts': `import { b } from '../api/b.ts';\nexport const a = b;\n`,
        'coordinator/api/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'audit-low',
      files: {
        'coordinator/audit/a.ts': `import { b } from '../store/b.ts';\nexport const a = b;\n`,
        'coordinator/store/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'simulate-low',
      files: {
        'coordinator/simulate/a.ts': `import { b } from '../fleet/b.ts';\nexport const a = b;\n`,
        'coordinator/fleet/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'pki-below',
      files: {
        'shared/pki/a.ts': `import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n`,
      },
    },
    {
      rule: 'authority-low',
      files: {
        'coordinator/ca/a.ts': `import { b } from '../fleet/b.ts';\nexport const a = b;\n`,
        'coordinator/fleet/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'x509',
      files: {
        'agent/identity/a.ts': `import { X509Certificate } from '@peculiar/x509';\nexport const a = X509Certificate;\n`,
      },
    },
    {
      rule: 'what-if-is-pure',
      files: {
        'coordinator/whatif/a.ts': `import { b } from '../fleet/b.ts';\nexport const a = b;\n`,
        'coordinator/fleet/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'scenario-low',
      files: {
        'coordinator/scenario/a.ts': `import { b } from '../store/b.ts';\nexport const a = b;\n`,
        'coordinator/store/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'replays-low',
      files: {
        'coordinator/replay/a.ts': `import { b } from '../fleet/b.ts';\nexport const a = b;\n`,
        'coordinator/fleet/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'sides-apart',
      files: {
        'agent/a.ts': `import type { B } from '../coordinator/b.ts';\nexport type A = B;\n`,
        'coordinator/b.ts': 'export type B = 1;\n',
      },
    },
    {
      rule: 'sides-apart-2',
      files: {
        'coordinator/a.ts': `import { b } from '../agent/b.ts';\nexport const a = b;\n`,
        'agent/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'product-without-tests',
      files: {
        'agent/a.ts': `import { b } from '../test/fakes/b.ts';\nexport const a = b;\n`,
        'test/fakes/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'drivers-apart',
      files: {
        'agent/drivers/mps/a.ts': `import { b } from '../docker/b.ts';\nexport const a = b;\n`,
        'agent/drivers/docker/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'simulator-unseen',
      files: {
        'agent/observe/a.ts': `import { b } from '../simulator/b.ts';\nexport const a = b;\n`,
        'agent/simulator/b.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'main-is-top',
      files: {
        'agent/a.ts': `import { b } from './main.ts';\nexport const a = b;\n`,
        'agent/main.ts': 'export const b = 1;\n',
      },
    },
    {
      rule: 'child-process',
      files: { 'agent/observe/a.ts': `import { spawn } from 'node:child_process';\nspawn('x');\n` },
    },
    {
      rule: 'dockerode',
      files: {
        'agent/observe/a.ts': `import Docker from 'dockerode';\nexport const d = new Docker();\n`,
      },
    },
    {
      rule: 'sqlite',
      files: {
        'coordinator/store/a.ts': `import Database from 'better-sqlite3';\nexport const d = Database;\n`,
      },
    },
    {
      rule: 'timers',
      files: {
        'coordinator/fleet/a.ts': `import { setTimeout as s } from 'node:timers/promises';\nvoid s(1);\n`,
      },
    },
    {
      rule: 'no-cycles',
      files: {
        'shared/platform/a.ts': `import { b } from './b.ts';\nexport const a = (): number => b;\n`,
        'shared/platform/b.ts': `import { a } from './a.ts';\nexport const b = a();\n`,
      },
    },
    {
      rule: 'no-unresolvable',
      files: { 'shared/platform/a.ts': `import { b } from './gone.ts';\nexport const a = b;\n` },
    },
  ];

  test.for(cases)('of $rule is caught', ({ rule, files }) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))];
    const found = cruise(folder, tops).violations.map((each) => each.rule.name);
    expect(found).toContain(rule);
  });
});
