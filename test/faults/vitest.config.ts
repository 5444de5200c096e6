import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: every row of the matrix with real processes; `npm test` runs the samples. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/faults/*.test.ts', 'test/integration/faults-*.test.ts'],
    // For machines that do much else; what passes takes a minute or two.
    testTimeout: 400_000,
    hookTimeout: 400_000,
    // One after another: what is measured would be the machine's load.
    fileParallelism: false,
    globalSetup: ['test/setup/build-once.ts'],
    setupFiles: ['test/setup/fresh-connections.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
  },
});
