import { describe, expect, it } from 'vitest'
import { failure, QUICK, runCommand, runTool } from '../../electron/app/trust-command.ts'

const node = (script: string, limit = QUICK) => runCommand(process.execPath, ['-e', script], limit)

describe('runCommand', () => {
  it('tells what a program said and how it ended', async () => {
    expect(await node(`console.log('out'); console.error('err'); process.exit(3)`)).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it('tells that there is none', async () => {
    expect(await runCommand('no-such-program-here', [], QUICK)).toBe('missing')
  })

  it('ends one that does not end', async () => {
    expect(await node('setInterval(() => {}, 1000)', 200)).toMatchObject({ code: null })
  })

  it('lets nothing be typed into it, and has it speak English', async () => {
    const script = `process.stdin.on('end', () => console.log(process.env.LC_ALL)).resume()`
    expect(await node(script)).toMatchObject({ code: 0, stdout: 'C\n' })
  })

  it('hands arguments on as they are', async () => {
    const odd = ['$HOME', '`id`', 'a b', '"', "'", '*', '']
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
    const result = await runTool(runCommand, process.execPath, ['-e', script, '--', ...odd])
    expect(JSON.parse(result.stdout)).toEqual(odd)
  })
})

it('a program that cannot be run is an obstacle with its name', async () => {
  await expect(runTool(runCommand, '/nowhere/tool.exe', [])).rejects.toMatchObject({
    obstacle: { kind: 'no-tool', tool: 'tool' },
  })
  const denied = () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
  await expect(runTool(denied, 'tool', [])).rejects.toMatchObject({
    obstacle: { kind: 'failed', tool: 'tool', message: 'EACCES' },
  })
})

it('a failure is the first line that says something', () => {
  const result = { code: 1, stdout: 'later\n', stderr: `\n ${'x'.repeat(400)}\n` }
  expect(failure('/bin/tool', result).obstacle).toEqual({
    kind: 'failed',
    tool: 'tool',
    message: 'x'.repeat(300),
  })
})
