/**
 * A port to type: committed on Enter or when the focus leaves, restored by Esc.
 * A value that is refused stays to be corrected, with the reason beside it.
 */
import { type KeyboardEvent, useId, useState } from 'react'
import type { Result } from '../electron/contract.ts'

const badPort = 'Use a number from 1 to 65535'

function parsePort(text: string): number | null {
  const digits = text.trim()
  if (!/^\d{1,5}$/.test(digits)) return null
  const port = Number(digits)
  return port >= 1 && port <= 65535 ? port : null
}

export function PortField({
  label,
  help,
  port,
  onCommit,
}: {
  readonly label: string
  readonly help?: string
  readonly port: number
  readonly onCommit: (port: number) => Promise<Result<unknown>>
}) {
  const id = useId()
  /** What is being typed; null while the field shows the port that is set. */
  const [draft, setDraft] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const words = error ?? help

  const restore = () => {
    setDraft(null)
    setError(null)
  }
  const commit = async () => {
    if (draft === null) return
    const wanted = parsePort(draft)
    if (wanted === null) {
      setError(badPort)
      return
    }
    if (wanted !== port) {
      const result = await onCommit(wanted)
      if (!result.ok) {
        setError(result.problem.title)
        return
      }
    }
    restore()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') void commit()
    if (event.key === 'Escape' && draft !== null) {
      event.preventDefault() // the first Esc restores, the next one goes back
      restore()
    }
  }
  return (
    <div className="opt">
      <label htmlFor={id}>
        {label}
        {words !== undefined && (
          <small id={`${id}-words`} className={error === null ? undefined : 'is-error'}>
            {words}
          </small>
        )}
      </label>
      <span className={error === null ? 'field' : 'field is-error'}>
        <input
          id={id}
          className="num"
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          maxLength={6}
          aria-label={label}
          aria-invalid={error !== null}
          aria-describedby={words === undefined ? undefined : `${id}-words`}
          value={draft ?? String(port)}
          onChange={event => {
            setDraft(event.target.value)
            setError(null)
          }}
          onBlur={() => void commit()}
          onKeyDown={onKeyDown}
        />
      </span>
    </div>
  )
}
