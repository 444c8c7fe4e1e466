/** Express with serve-static. node express.mjs PORT FOLDER */
import express from 'express'

const [port, root] = process.argv.slice(2)
express().use(express.static(root)).listen(Number(port), '127.0.0.1')
