/**
 * Three projects: `unit` (Node, no browser), `renderer` (components in a light
 * DOM), `e2e` (a real Chromium and a real Electron; needs `npm run build`).
 */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/*.test.ts', 'test/{engine,app,desktop,panel,cli,start}/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic' } },
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['electron/engine/**', 'electron/app/**', 'electron/cli/**', 'electron/panel/**'],
    },
  },
})
