/**
 * One field of the list: its name, its value, and Remove. What the app refuses,
 * or what no field can be (RFC 9110 §5.1, §5.5), is said below the row.
 */
import { type FocusEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Field, Result } from '../../electron/contract.ts'
import { Icon } from '../Icon.tsx'
import { problemWords } from '../words.ts'

type Part = 'name' | 'value'

interface Refusal {
  readonly part: Part
  readonly words: string
}

const isSame = (one: Field, other: Field) => one[0] === other[0] && one[1] === other[1]

/** Answers why it is none, or null. */
function refusalOf([name, value]: Field): Refusal | null {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    return { part: 'name', words: 'Use a name of letters, digits and hyphens' }
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/.test(value)) {
    return { part: 'value', words: 'Use letters of ASCII or Latin-1' }
  }
  return null
}

export function FieldRow({
  field,
  label,
  onCommit,
  onRemove,
}: {
  readonly field: Field
  /** What tells its controls from those of the other rows. */
  readonly label: string
  readonly onCommit: (field: Field) => Promise<Result<unknown>>
  readonly onRemove: () => void
}) {
  const id = useId()
  const row = useRef<HTMLDivElement>(null)
  const [draft, setDraft] = useState<Field>(field)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const isSending = useRef(false)
  const [seen, setSeen] = useState(field)
  // Another one took its place, or it was changed elsewhere.
  if (!isSame(seen, field)) {
    setSeen(field)
    setDraft(field)
    setRefusal(null)
  }
  const [name, value] = draft
  const isNew = field[0] === ''

  const input = (part: Part) => row.current?.querySelector<HTMLElement>(`[data-part="${part}"]`)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it comes
  useLayoutEffect(() => {
    if (isNew) input('name')?.focus()
  }, [])

  const commit = async (leaving: boolean) => {
    const wanted: Field = [name.trim().toLowerCase(), value.trim()]
    const isEmpty = wanted[0] === '' && wanted[1] === ''
    if (isSending.current) return
    if (isSame(wanted, field)) {
      if (isNew && leaving) onRemove()
      else setDraft(field)
      return
    }
    if (isEmpty) return onRemove()
    const wrong = refusalOf(wanted)
    if (wrong) {
      setRefusal(wrong)
      if (!leaving) input(wrong.part)?.focus()
      return
    }
    isSending.current = true
    const result = await onCommit(wanted)
    isSending.current = false
    if (!result.ok) {
      const { problem } = result
      setRefusal({ part: problem.field === 'value' ? 'value' : 'name', words: problemWords(problem) })
    }
  }
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (relatedTarget === null ? document.hasFocus() : !currentTarget.contains(relatedTarget))
      void commit(true)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !(event.target instanceof HTMLInputElement)) return
    if (event.key === 'Enter') {
      const isNext = event.target.dataset.part === 'name' && value === '' && !refusalOf([name.trim(), ''])
      if (isNext) input('value')?.focus()
      else void commit(false)
    }
    const isTouched = !isSame(draft, field)
    if (event.key !== 'Escape' || !(isTouched || isNew || refusal)) return
    event.preventDefault() // the first Esc restores, the next one goes back
    setDraft(field)
    setRefusal(null)
    if (isNew) onRemove()
  }
  const part = (part: Part, text: string, change: (text: string) => Field) => {
    const isWrong = refusal?.part === part
    return (
      <span className={isWrong ? 'field is-error' : 'field'}>
        <input
          className="mono"
          data-part={part}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-label={`${label}, ${part}`}
          placeholder={part === 'name' ? 'name' : 'value'}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-words` : undefined}
          value={text}
          title={text}
          onChange={event => {
            setDraft(change(event.target.value))
            setRefusal(null)
          }}
        />
      </span>
    )
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what its fields say
    <div className="opt-field" ref={row} onBlur={onBlur} onKeyDown={onKeyDown}>
      {part('name', name, text => [text, value])}
      {part('value', value, text => [name, text])}
      <button
        type="button"
        className="icon-btn"
        aria-label={isNew ? 'Remove new field' : `Remove ${field[0]}`}
        title={isNew ? 'Remove' : `Remove ${field[0]}`}
        onClick={onRemove}
      >
        <Icon name="x" />
      </button>
      {refusal && (
        <small id={`${id}-words`} className="is-error" role="alert">
          {refusal.words}
        </small>
      )}
    </div>
  )
}
