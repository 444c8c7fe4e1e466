/** @fastify/static with its listing, as plain as it can be. node fastify.mjs PORT FOLDER */
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'

const [port, root] = process.argv.slice(2)
const link = ({ href, name }) => `<li><a href="${href}">${name}</a></li>`
const server = fastify()
await server.register(fastifyStatic, {
  root,
  list: {
    format: 'html',
    render: (folders, files) =>
      `<!doctype html><title>Files</title><ul>${[...folders, ...files].map(link).join('')}</ul>`,
  },
})
await server.listen({ port: Number(port), host: '127.0.0.1' })
