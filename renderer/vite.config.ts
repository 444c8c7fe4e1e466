import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: './', // app://servebar/ and a loopback port, whichever host serves it
  plugins: [react()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome114', // the oldest Electron that it is tested on
    assetsInlineLimit: 0, // electron/app/panel-policy.ts allows no data: URLs
    modulePreload: { polyfill: false },
  },
})
