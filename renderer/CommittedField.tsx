/**
 * A value to type: committed on Enter or when the focus leaves, restored by Esc.
 * A value that is refused stays to be corrected, with the reason beside it.
 */
import { type KeyboardEvent, useId, useState } from 'react'
import type { Result } from '../electron/contract.ts'
import { problemWords } from './words.ts'

export interface CommittedFieldProps<T extends string | number> {
  readonly label: string
  readonly help?: string
  readonly value: T
  /** What was typed as a value, or null when it is none. */
  readonly read: (text: string) => T | null
  /** Why it is none. */
  readonly refusal: string
  /** Also shows why the app refuses it. */
  readonly onCommit: (value: T) => Promise<Result<unknown>>
  readonly input?: { readonly [attribute: string]: string | number | true }
}

export function CommittedField<T extends string | number>(props: CommittedFieldProps<T>) {
  const { label, help, value, read, refusal, onCommit } = props
  const id = useId()
  /** What is being typed; null while the field shows the value that is set. */
  const [draft, setDraft] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const words = error ?? help
  const isNumber = typeof value === 'number'

  const restore = () => {
    setDraft(null)
    setError(null)
  }
  const commit = async () => {
    if (draft === null) return
    // What is set already is never refused, whatever the rule is by now.
    if (draft !== String(value)) {
      const wanted = read(draft)
      if (wanted === null) {
        setError(refusal)
        return
      }
      const result = wanted === value ? null : await onCommit(wanted)
      if (result?.ok === false) {
        setError(problemWords(result.problem))
        return
      }
    }
    restore()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
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
          // An element of its own for an error: what comes with its words is read out, also when the focus has left.
          <small
            key={error === null ? 'help' : 'error'}
            id={`${id}-words`}
            {...(error !== null && { className: 'is-error', role: 'alert' })}
          >
            {words}
          </small>
        )}
      </label>
      <span
        className={['field', !isNumber && 'wide', error !== null && 'is-error'].filter(Boolean).join(' ')}
      >
        <input
          id={id}
          className={isNumber ? 'num' : undefined}
          inputMode={isNumber ? 'numeric' : 'text'}
          autoComplete="off"
          spellCheck={false}
          aria-label={label}
          aria-invalid={error !== null}
          aria-describedby={words === undefined ? undefined : `${id}-words`}
          value={draft ?? String(value)}
          onChange={event => {
            setDraft(event.target.value)
            setError(null)
          }}
          onBlur={() => void commit()}
          onKeyDown={onKeyDown}
          {...props.input}
        />
      </span>
    </div>
  )
}
