import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: './', // the panel is opened from a file and from a loopback port
  plugins: [react()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome114', // the oldest Electron that it is tested on
    assetsInlineLimit: 0, // the CSP allows no data: URLs
    modulePreload: { polyfill: false },
  },
})
