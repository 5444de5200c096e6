import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The whole of test/faults is long, and has a configuration of its own.
    exclude: ['node_modules/**', 'dist/**', 'test/faults/**'],
    // More than real programs take on a machine with much else to do: conditions are waited for, not times.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Machines are small: real dockerd, Prometheus and agents run beside the workers.
    maxWorkers: 2,
    globalSetup: ['test/setup/build-once.ts'],
    setupFiles: ['test/setup/fresh-connections.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
  },
});
