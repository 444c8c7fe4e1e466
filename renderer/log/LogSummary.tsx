/**
 * What assistive technology hears of the log: not every line, but a summary
 * now and then, and only while the user is in there.
 */
import { useEffect, useRef, useState } from 'react'
import type { LogTotals } from '../../electron/contract.ts'
import { count } from '../format.ts'

const INTERVAL = 10_000

interface LogSummaryProps {
  readonly totals: LogTotals
  /** The focus is in the log. */
  readonly isActive: boolean
}

export function LogSummary({ totals, isActive }: LogSummaryProps) {
  const latest = useRef(totals)
  const [words, setWords] = useState('')

  useEffect(() => {
    latest.current = totals
  }, [totals])

  useEffect(() => {
    if (!isActive) return
    let told = latest.current
    const timer = setInterval(() => {
      const now = latest.current
      const requests = now.requests - told.requests
      const errors = now.errors - told.errors
      told = now
      if (requests <= 0) return
      setWords(count(requests, 'request') + (errors > 0 ? `, ${count(errors, 'error')}` : ''))
    }, INTERVAL)
    return () => {
      clearInterval(timer)
      setWords('')
    }
  }, [isActive])

  return (
    <div className="vh" aria-live="polite">
      {words}
    </div>
  )
}
