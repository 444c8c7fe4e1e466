/**
 * Several texts that only mean something together (user and password, the two
 * files of a certificate): sent on Enter, by its button, or when the focus
 * leaves all of them; Esc drops what was typed. What is refused is said beside
 * its field, and stays to be corrected.
 */
import { type FocusEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Result } from '../../electron/contract.ts'
import { problemWords } from '../words.ts'
import type { Draft } from './use-draft.ts'

export interface DraftField<N extends string> {
  /** As in `Problem.field`. */
  readonly name: N
  readonly label: string
  /** What stands there at first; the first field without takes the focus. */
  readonly initial: string
  /** Said beside it when it is empty. */
  readonly needed: string
  readonly secret?: boolean
  readonly mono?: boolean
  readonly input?: { readonly [attribute: string]: string | number | true }
}

interface Refusal<N extends string> {
  readonly field: N
  readonly words: string
}

export function DraftForm<N extends string>({
  label,
  fields,
  submit,
  onSubmit,
  draft: { typed, keep, close },
}: {
  readonly label: string
  readonly fields: readonly DraftField<N>[]
  /** Words of the button. */
  readonly submit: string
  readonly onSubmit: (values: Readonly<Record<N, string>>) => Promise<Result<unknown>>
  readonly draft: Pick<Draft, 'typed' | 'keep' | 'close'>
}) {
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState(
    () =>
      Object.fromEntries(fields.map(each => [each.name, typed.get(each.name) ?? each.initial])) as Record<
        N,
        string
      >,
  )
  const [refusal, setRefusal] = useState<Refusal<N> | null>(null)
  const isSending = useRef(false)

  const focusOn = (name: N | undefined) =>
    form.current?.querySelector<HTMLElement>(`[name="${name}"]`)?.focus()
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it opens
  useLayoutEffect(() => {
    const last = [...typed.keys()].at(-1)
    focusOn((fields.find(each => (last ? each.name === last : each.initial === '')) ?? fields[0])?.name)
  }, [])

  const empty = fields.find(each => values[each.name].trim() === '')
  const send = async () => {
    if (isSending.current) return
    if (empty) {
      setRefusal({ field: empty.name, words: empty.needed })
      focusOn(empty.name)
      return
    }
    isSending.current = true
    const result = await onSubmit(values)
    isSending.current = false
    if (result.ok) {
      close()
      return
    }
    const at = fields.find(each => each.name === result.problem.field) ?? fields[0]
    if (at) setRefusal({ field: at.name, words: problemWords(result.problem) })
  }
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    const stays = relatedTarget === null ? !document.hasFocus() : currentTarget.contains(relatedTarget)
    // The switch above says no: what it ends is not sent first.
    const ends = relatedTarget?.closest('[data-ends-draft]')
    if (!stays && !ends && !empty) void send()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
    event.preventDefault()
    close()
  }
  return (
    <form
      className="opt-set"
      aria-label={label}
      ref={form}
      {...{ onBlur, onKeyDown }}
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      {fields.map(({ name, label, secret, mono, input }) => {
        const words = refusal?.field === name ? refusal.words : null
        return (
          <div className="opt" key={name}>
            <label htmlFor={`${id}-${name}`}>
              {label}
              {words !== null && (
                <small id={`${id}-${name}-words`} className="is-error" role="alert">
                  {words}
                </small>
              )}
            </label>
            <span className={['field wide', words !== null && 'is-error'].filter(Boolean).join(' ')}>
              <input
                id={`${id}-${name}`}
                name={name}
                type={secret ? 'password' : 'text'}
                className={mono ? 'mono' : undefined}
                autoComplete={secret ? 'new-password' : 'off'}
                spellCheck={false}
                aria-label={label}
                aria-invalid={words !== null}
                aria-describedby={words === null ? undefined : `${id}-${name}-words`}
                value={values[name]}
                onChange={event => {
                  const { value } = event.target
                  setValues({ ...values, [name]: value })
                  const others = Object.entries<string>(values).filter(([each]) => each !== name)
                  keep(new Map([...others, [name, value]]))
                  setRefusal(null)
                }}
                {...input}
              />
            </span>
          </div>
        )
      })}
      <div className="opt-acts">
        <button type="button" className="btn" onClick={close}>
          Cancel
        </button>
        <button type="submit" className="btn">
          {submit}
        </button>
      </div>
    </form>
  )
}
