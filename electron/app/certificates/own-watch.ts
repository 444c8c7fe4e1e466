/**
 * Follows the files of an own certificate: renewed ones are taken over while
 * the server runs. Until the new pair is whole and right the old one serves,
 * because certificate and key are two files and never change at one moment.
 */
import { stat } from 'node:fs/promises'
import { CertificateError, type CertificateFault } from './faults.ts'
import { loadOwnCertificate, type OwnCertificate, type OwnOptions } from './own.ts'

export interface OwnCertificateWatch {
  readonly current: OwnCertificate
  close(): void
}

export interface OwnWatchEvents {
  /** `current` is another one: hand it to setSecureContext. */
  readonly onChange: (certificate: OwnCertificate) => void
  /** What lies there now cannot be used, and did not change for a while. Told once. */
  readonly onFault: (fault: CertificateFault) => void
}

export interface OwnWatchOptions extends Pick<OwnOptions, 'passphrase'> {
  /** Milliseconds between two looks. */
  readonly interval?: number
}

/** Looking works where events do not: links that a renewal puts elsewhere, network drives, containers. */
const INTERVAL = 2000

/** Rejects with a CertificateError when they cannot be used from the start. */
export async function watchOwnCertificate(
  certFile: string,
  keyFile: string,
  events: OwnWatchEvents,
  { interval = INTERVAL, ...options }: OwnWatchOptions = {},
): Promise<OwnCertificateWatch> {
  const stamp = async () => `${await stampOf(certFile)} ${await stampOf(keyFile)}`
  // Taken before the files are read: what changes in between is seen at the next look.
  let seen = await stamp()
  let current = await loadOwnCertificate(certFile, keyFile, options)
  let fault: { readonly text: string; told: boolean } | null = null
  let isLooking = false
  let isClosed = false

  async function look(): Promise<void> {
    const now = await stamp()
    if (now === seen && !fault) return
    try {
      const next = await loadOwnCertificate(certFile, keyFile, options)
      seen = now
      fault = null
      if (isClosed || isSame(current, next)) return
      current = next
      events.onChange(next)
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error
      const text = JSON.stringify(error.fault)
      // Half of a renewal at the first look; still so at the next one, it is a fault.
      if (fault?.text !== text || now !== seen) fault = { text, told: false }
      else if (!fault.told && !isClosed) {
        fault.told = true
        events.onFault(error.fault)
      }
      seen = now
    }
  }

  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    void look().finally(() => {
      isLooking = false
    })
  }, interval).unref()
  return {
    get current() {
      return current
    },
    close() {
      isClosed = true
      clearInterval(timer)
    },
  }
}

async function stampOf(file: string): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch(() => null)
  return stats ? [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join() : 'missing'
}

function isSame(one: OwnCertificate, other: OwnCertificate): boolean {
  const [before, after] = [one.tls(), other.tls()]
  return before.cert === after.cert && before.key === after.key
}
