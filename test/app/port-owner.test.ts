import { createServer } from 'node:net'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  parseLsof,
  parseNetstat,
  parseProcNet,
  parseTasklist,
  portOwner,
} from '../../electron/app/port-owner.ts'

describe('portOwner', () => {
  it('names the program that listens, and nobody once it has stopped', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await portOwner(port)).toBe(basename(process.execPath))
    await new Promise(resolve => server.close(resolve))
    expect(await portOwner(port)).toBeNull()
  })
})

describe('what the systems print', () => {
  it('/proc/net/tcp: listening sockets on the port only', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100',
      '   1: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 100',
      '   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100',
      '',
    ].join('\n')
    expect(parseProcNet(table, 8080)).toEqual(['4711'])
    expect(parseProcNet(table, 80)).toEqual([])
    expect(parseProcNet('', 80)).toEqual([])
  })

  it('lsof', () => {
    expect(parseLsof('p812\ncnode\nf23\n')).toBe('node')
    expect(parseLsof('p812\ncGoogle\\x20Chrome\n')).toBe('Google Chrome')
    expect(parseLsof('')).toBeNull()
  })

  it('netstat, in any language', () => {
    const output = [
      '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
      '  TCP    127.0.0.1:50000        127.0.0.1:5173         HERGESTELLT      11',
      '  TCP    0.0.0.0:15173          0.0.0.0:0              ABHÖREN          12',
      '  TCP    [::1]:5173             [::]:0                 ABHÖREN          13',
      '  UDP    0.0.0.0:5173           *:*                                     14',
    ].join('\r\n')
    expect(parseNetstat(output, 5173)).toBe('13')
    expect(parseNetstat(output, 5174)).toBeNull()
  })

  it('tasklist', () => {
    expect(parseTasklist('"node.exe","13","Console","1","41.000 K"\r\n')).toBe('node')
    expect(parseTasklist('"System","4","Services","0","12 K"\r\n')).toBe('System')
    expect(parseTasklist('INFO: No tasks are running which match the specified criteria.')).toBeNull()
  })
})
