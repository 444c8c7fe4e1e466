/**
 * The projects: `unit` (Node, no browser), `renderer` (components in a light
 * DOM), `e2e` (a real Chromium and a real Electron; needs `npm run build`).
 */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { pageScript } from '../build/page-script.mjs'

/**
 * A limit ends a test that hangs; it measures nothing. A shared machine stops a process for seconds now and then,
 * so the limits are wide, and CI tries a test that failed once more: the report names each that needed it.
 */
const patience = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
  retry: process.env.CI ? 1 : 0,
}

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    projects: [
      {
        plugins: [pageScript()],
        test: {
          ...patience,
          name: 'unit',
          include: ['test/*.test.ts', 'test/{engine,app,desktop,panel,cli,start}/**/*.test.ts'],
          environment: 'node',
        },
      },
      // The engine again, without files in memory, and with room for hardly any.
      ...Object.entries({ 'memory-off': '0', 'memory-full': '12000' }).map(([name, memory]) => ({
        plugins: [pageScript()],
        test: {
          ...patience,
          name,
          include: [
            'test/engine/{wire,folder}/**/*.test.ts',
            'test/engine/{respond,reply,clean-urls,single-page,symlinks,representation,content-*,letter-case}.test.ts',
            'test/engine/{features,exchange,server,cors,header-fields,conditional,range}.test.ts',
          ],
          environment: 'node' as const,
          env: { SERVEBAR_TEST_MEMORY: memory },
        },
      })),
      // What is said byte by byte, inside TLS.
      {
        plugins: [pageScript()],
        test: {
          ...patience,
          name: 'https',
          include: [
            // Not pressure.test.ts, which is about processes and their descriptors.
            'test/engine/wire/{conditional,fine-print,messages,methods,range,targets,timeouts}.test.ts',
            'test/engine/{conditional,range,respond,content-*}.test.ts',
          ],
          environment: 'node',
          env: { SERVEBAR_TEST_TLS: '1' },
        },
      },
      // The same requests by way of HTTP/2; what has no form there is listed, with the reason. Files about framing,
      // sockets and time (messages, timeouts, pressure, reply, server, limits, throttle) have theirs in http2.test.ts.
      {
        plugins: [pageScript()],
        test: {
          ...patience,
          name: 'http2',
          include: [
            'test/engine/wire/{conditional,fine-print,methods,range,targets}.test.ts',
            'test/engine/folder/{gone,kinds,names}.test.ts',
            'test/engine/writes/{form,manage,places,put,put-names,resume}.test.ts',
            'test/engine/zip/zip.test.ts',
            'test/engine/{authentication,clean-urls,content-{coding,siblings},cors,exchange,features,header-fields}.test.ts',
            'test/engine/{listing,listing-json,representation}.test.ts',
            'test/engine/{respond,single-page,symlinks}.test.ts',
            'test/engine/live/own-page.test.ts',
          ],
          setupFiles: ['test/support/http1-only.ts'],
          environment: 'node',
          env: { SERVEBAR_TEST_TLS: '1', SERVEBAR_TEST_HTTP2: '1' },
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic' } },
        test: {
          ...patience,
          name: 'renderer',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
        },
      },
      {
        plugins: [pageScript()],
        test: {
          ...patience,
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
