import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The whole of test/faults is long, and has a configuration of its own.
    exclude: ['node_modules/**', 'dist/**', 'test/faults/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Machines are small: real dockerd, Prometheus and agents run beside the workers.
    maxWorkers: 2,
    globalSetup: ['test/setup/build-once.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
  },
});
