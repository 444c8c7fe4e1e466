import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tellHost } from '../../../electron/engine/rules/host-signs.ts'
import { type Files, tempFolder } from '../../support/temp.ts'

const told = async (files: Files, served = '.') => await tellHost(join(tempFolder(files), served))

describe('the host of a project', () => {
  it.each<[Files, string, string | null]>([
    [{ 'netlify.toml': '' }, '.', 'netlify by netlify.toml'],
    [{ '.netlify/state.json': '{}' }, '.', 'netlify by .netlify'],
    [{ 'wrangler.toml': '' }, '.', 'cloudflare by wrangler.toml'],
    [{ 'wrangler.json': '' }, '.', 'cloudflare by wrangler.json'],
    [{ 'wrangler.jsonc': '' }, '.', 'cloudflare by wrangler.jsonc'],
    [{ '_routes.json': '{}' }, '.', 'cloudflare by _routes.json'],
    [{ '_worker.js': '' }, '.', 'cloudflare by _worker.js'],
    [{ '_worker.js/index.js': '' }, '.', 'cloudflare by _worker.js'],
    [{ 'functions/a.js': '' }, '.', 'cloudflare by functions'],
    // Others have functions, too.
    [{ 'functions/a.js': '', 'firebase.json': '{}' }, '.', null],
    [{ 'functions/a.js': '', 'netlify.toml': '' }, '.', 'netlify by netlify.toml'],
    [{ 'netlify.toml': '', 'wrangler.toml': '' }, '.', null],
    [{ _redirects: '/a /b', 'index.html': '' }, '.', null],
    // What is served is the output of a project's build.
    [{ 'netlify.toml': '', 'package.json': '', 'dist/a': '' }, 'dist', 'netlify by netlify.toml'],
    [{ 'wrangler.jsonc': '', '.git/HEAD': '', 'a/b/dist/a': '' }, 'a/b/dist', 'cloudflare by wrangler.jsonc'],
    [{ 'netlify.toml': '', 'package.json': '', 'dist/_worker.js': '' }, 'dist', 'cloudflare by _worker.js'],
    // Code that lies around is no deployment, and a folder beside others no part of a project.
    [{ '_worker.js': '', 'package.json': '', 'dist/a': '' }, 'dist', null],
    [{ 'netlify.toml': '', 'dist/a': '' }, 'dist', null],
    [{ 'netlify.toml': '', 'package.json': '', 'a/b/c/d/e': null }, 'a/b/c/d/e', null],
    [{ 'netlify.toml': '', 'app/package.json': '', 'app/dist/a': '' }, 'app/dist', null],
  ])('of %j in %s: %s', async (files, served, expected) => {
    const host = await told(files, served)
    expect(host && `${host.host} by ${host.by}`).toBe(expected)
  })

  it('of a folder that is not there is none', async () => {
    expect(await told({}, 'gone')).toBeNull()
  })
})
