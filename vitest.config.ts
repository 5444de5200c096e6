import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Machines are small: real dockerd, Prometheus and agents run beside the workers.
    maxWorkers: 2,
    globalSetup: ['test/setup/build-once.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
  },
});
