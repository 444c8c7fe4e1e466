/** The smallest app with a tray icon: what the start of ours is measured against. Packaged by start.mjs. */
const { app, nativeImage, Tray } = require('electron')
const { join } = require('node:path')

let tray
app.whenReady().then(() => {
  tray = new Tray(nativeImage.createFromPath(join(__dirname, 'icon.png')))
  tray.setToolTip('Empty')
})
