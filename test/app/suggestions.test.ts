import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSuggestions, distanceWithin } from '../../electron/app/suggestions.ts'
import { tempFolder } from '../support/temp.ts'

const files = {
  'index.html': '',
  'about.html': '',
  'about.css': '',
  'über uns.html': '',
  'assets/app.css': '',
  'assets/Logo.PNG': '',
  'assets/photo.jpg': '',
  'blog/2024/post.html': '',
  '.env': '',
  'a/x': '',
}

describe('suggestions', () => {
  it.each([
    ['/assets/logo.png', '/assets/Logo.PNG', 'letter-case'],
    ['/Assets/app.css?v=2', '/assets/app.css', 'letter-case'],
    ['/about', '/about.html', 'extension'],
    ['/About', '/about.html', 'extension'],
    ['/assets/ap.css', '/assets/app.css', 'similar'],
    ['/assets/phtoo.jpg', '/assets/photo.jpg', 'similar'],
    ['/asets/app.css', '/assets/app.css', 'similar'],
    ['/blog/2025/post.html', '/blog/2024/post.html', 'similar'],
    ['/blgo', '/blog/', 'similar'],
    ['/%C3%BCber%20unz.html', '/%C3%BCber%20uns.html', 'similar'],
    ['/ber%20uns.html', '/%C3%BCber%20uns.html', 'similar'],
  ])('%s: %s, %s', async (asked, path, reason) => {
    const suggest = createSuggestions(tempFolder(files))
    expect(await suggest(asked)).toEqual({ path, reason })
  })

  it.each([
    '/nothing-like-it',
    '/.en',
    '/',
    '/index.html',
    '/about.html/more',
    '/../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%00',
    '*',
    '/b/x/y',
    '/b', // too short to be sure of anything
  ])('none for %s', async path => {
    expect(await createSuggestions(tempFolder(files))(path)).toBeNull()
  })

  it('never looks behind a link, nor for a root that is gone', async () => {
    const outside = tempFolder({ 'secret.txt': '' })
    const root = tempFolder({ link: { link: outside } })
    expect(await createSuggestions(root)('/link/secret.tx')).toBeNull()
    expect(await createSuggestions(join(root, 'gone'))('/a')).toBeNull()
  })

  it('reads a bounded number of folders', async () => {
    const many = Object.fromEntries(Array.from({ length: 210 }, (_, i) => [`f${i}/app.css`, '']))
    const suggest = createSuggestions(tempFolder(many))
    const answers: unknown[] = []
    for (let i = 0; i < 210; i++) answers.push(await suggest(`/f${i}/ap.css`))
    expect(answers.filter(answer => answer !== null)).toHaveLength(199)
  })
})

describe('distance', () => {
  it.each([
    ['', '', 1, 0],
    ['a', 'b', 1, 1],
    ['ab', 'ba', 1, 1],
    ['kitten', 'sitting', 3, 3],
    ['kitten', 'sitting', 2, null],
    ['abc', 'abcdef', 2, null],
    ['abc', 'abc', 0, null],
  ])('%s to %s within %i is %s', (a, b, limit, distance) => {
    expect(distanceWithin(a, b, limit)).toBe(distance)
  })
})
