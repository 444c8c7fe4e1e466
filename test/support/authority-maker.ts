/**
 * A process that opens the authority in a folder (first argument), and says its
 * fingerprint, or its error. With `wait` as second argument it does so when the
 * file of the third is there, so that several can begin at one moment; with
 * `forever` it removes the authority and makes the next one until it is killed.
 * With LINKLESS in the environment its file system knows no hard links.
 */
import { existsSync, rmSync } from 'node:fs'
import promises from 'node:fs/promises'
import { openAuthority } from '../../electron/app/certificates/authority.ts'
import { secretFile } from '../../electron/app/certificates/authority-files.ts'

if (process.env.LINKLESS)
  promises.link = () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' }))

const [, , folder = '', mode, gate = ''] = process.argv

async function main(): Promise<void> {
  if (mode === 'wait') {
    process.stdout.write('ready\n')
    // Without a pause, for the next step shall begin in the same millisecond everywhere.
    while (!existsSync(gate));
  }
  do {
    const { certificate, notices } = await openAuthority(folder)
    process.stdout.write(`${certificate.fingerprint256} ${JSON.stringify(notices)}\n`)
    if (mode === 'forever') rmSync(secretFile(folder, 1))
  } while (mode === 'forever')
}

main().catch(error => {
  process.stdout.write(`${error}\n`)
  process.exitCode = 1
})
