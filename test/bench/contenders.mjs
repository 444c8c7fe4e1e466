/**
 * Who is measured: how each is started on a folder, and what it needs. Peers
 * run without a log of requests, Servebar with its own (to a file), because it
 * is what its users have.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasProgram } from './processes.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const node = process.execPath
const own = name => join(here, 'servers', `${name}.mjs`)
const peer = path => join(here, 'node_modules', path)

/**
 * @typedef {object} Start
 * @property {string} root the folder to serve
 * @property {number} port
 * @property {string} cli Servebar's terminal command
 * @property {string} answers folder of answers for the ceiling
 * @property {string} scratch for configuration files
 *
 * @typedef {object} Contender
 * @property {string} title
 * @property {(start: Start) => readonly string[]} command
 * @property {string} [package] of the peers in package.json here
 * @property {string} [program] that must be installed
 * @property {readonly string[]} [versionCommand]
 * @property {(start: Start) => Record<string, string>} [environment]
 */

/** @type {Record<string, Contender>} */
export const CONTENDERS = {
  servebar: {
    title: 'Servebar',
    command: ({ root, port, cli }) => [node, cli, root, '--port', String(port)],
  },
  'servebar-quiet': {
    title: 'Servebar --quiet',
    command: ({ root, port, cli }) => [node, cli, root, '--port', String(port), '--quiet'],
  },
  ceiling: {
    title: 'ceiling',
    command: ({ port, answers }) => [node, own('ceiling'), String(port), answers],
  },
  'stream-64k': {
    title: 'createReadStream 64 KiB',
    command: ({ root, port }) => [node, own('stream'), String(port), root, String(64 * 1024)],
  },
  'stream-1m': {
    title: 'createReadStream 1 MiB',
    command: ({ root, port }) => [node, own('stream'), String(port), root, String(1024 * 1024)],
  },
  'zlib-stream': {
    title: 'plain zlib stream',
    command: ({ root, port }) => [node, own('zlib-stream'), String(port), root],
  },
  serve: {
    title: 'serve',
    package: 'serve',
    command: ({ root, port, scratch }) => {
      // By default it redirects /page.html to /page.
      const config = write(scratch, 'serve.json', JSON.stringify({ cleanUrls: false }))
      const listen = ['--listen', `tcp://127.0.0.1:${port}`, '--no-port-switching', '--no-request-logging']
      return [node, peer('serve/build/main.js'), ...listen, '--config', config, root]
    },
  },
  'http-server': {
    title: 'http-server',
    package: 'http-server',
    command: ({ root, port }) => [
      ...[node, peer('http-server/bin/http-server'), root],
      ...['-a', '127.0.0.1', '-p', String(port), '--silent'],
    ],
  },
  sirv: {
    title: 'sirv',
    package: 'sirv-cli',
    command: start => sirv(start),
  },
  'sirv-dev': {
    title: 'sirv --dev',
    package: 'sirv-cli',
    command: start => [...sirv(start), '--dev'],
  },
  express: {
    title: 'express, serve-static',
    package: 'express',
    command: ({ root, port }) => [node, own('express'), String(port), root],
  },
  fastify: {
    title: '@fastify/static',
    package: '@fastify/static',
    command: ({ root, port }) => [node, own('fastify'), String(port), root],
  },
  nginx: {
    title: 'nginx',
    program: 'nginx',
    versionCommand: ['nginx', '-v'],
    command: ({ root, port, scratch }) => {
      const config = write(scratch, 'nginx.conf', nginxConfig(root, port, scratch))
      return ['nginx', '-e', 'stderr', '-p', scratch, '-c', config]
    },
  },
  caddy: {
    title: 'Caddy',
    program: 'caddy',
    versionCommand: ['caddy', 'version'],
    environment: ({ scratch }) => ({ XDG_CONFIG_HOME: scratch, XDG_DATA_HOME: scratch }),
    command: ({ root, port, scratch }) => {
      const config = write(scratch, 'Caddyfile', caddyConfig(root, port))
      return ['caddy', 'run', '--config', config, '--adapter', 'caddyfile']
    },
  },
}

function sirv({ root, port }) {
  const listen = ['--host', '127.0.0.1', '--port', String(port)]
  return [node, peer('sirv-cli/bin.js'), root, ...listen, '--etag', '--quiet']
}

function write(folder, name, text) {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const nginxConfig = (root, port, scratch) => `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : '' /* the folder is this user's alone */}
pid ${scratch}/nginx.pid;
error_log stderr crit;
events { worker_connections 8192; }
http {
  types { text/html html; text/css css; text/javascript js; image/png png; application/json json; }
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  access_log off;
  gzip on;
  gzip_types text/javascript;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${scratch}/nginx-${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${root};
    autoindex on;
  }
}
`

const caddyConfig = (root, port) => `
{
  admin off
  auto_https off
  log {
    level ERROR
  }
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  root * ${root}
  encode gzip
  file_server browse
}
`

/** Installs the peers' packages where a chosen contender needs them and they are not there as the lock file says. */
export function installPeers(names) {
  if (!names.some(name => CONTENDERS[name].package)) return
  const installed = statSync(peer('.package-lock.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (installed > statSync(join(here, 'package-lock.json')).mtimeMs) return
  console.error('Installing the peers …')
  const { status } = spawnSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the peers could not be installed: try `npm ci --prefix test/bench`')
}

export function isAvailable(name) {
  const { program } = CONTENDERS[name]
  return program === undefined || hasProgram(program)
}

/** Of the package or program; null for what comes with this repository. */
export function versionOf(name) {
  const { package: packageName, versionCommand } = CONTENDERS[name]
  if (packageName) {
    const file = peer(`${packageName}/package.json`)
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : null
  }
  if (!versionCommand) return null
  const [program, ...args] = versionCommand
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? null
}
