/**
 * Further fields of every answer, as a list to edit: each row is a name and a
 * value, sent on Enter or when the focus leaves the row, restored by Esc. A new
 * row that stays empty goes by itself. Removing can be undone.
 */
import { useLayoutEffect, useRef, useState } from 'react'
import type { Field, Result, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { FieldRow } from './FieldRow.tsx'
import { useConfigure } from './use-configure.ts'

const none: Field = ['', '']

export function ExtraFields({ site, fields }: { readonly site: Site; readonly fields: readonly Field[] }) {
  const configure = useConfigure(site)
  const { toast } = useActions()
  const [isAdding, setAdding] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const lost = useRef(false)
  // The row that had the focus is gone.
  useLayoutEffect(() => {
    if (!lost.current) return
    lost.current = false
    if (document.activeElement === document.body)
      box.current?.querySelector<HTMLElement>('[data-add]')?.focus()
  })
  const save = (fields: readonly Field[]) => configure({ fields }, { quiet: true })
  const done = (adding: boolean) => {
    lost.current = true
    setAdding(adding)
  }
  const add = async (field: Field): Promise<Result<unknown>> => {
    const result = await save([...fields, field])
    if (result.ok) done(false)
    return result
  }
  const remove = async (index: number) => {
    const before = fields
    lost.current = true
    const result = await configure({ fields: fields.toSpliced(index, 1) })
    if (result.ok) toast(`Removed ${fields[index]?.[0]}.`, () => void configure({ fields: before }))
  }
  return (
    <div className="opt-set" ref={box}>
      <div className="opt">
        <div>
          Extra fields
          <small>Sent with every response</small>
        </div>
        <button
          type="button"
          className="btn"
          data-add
          aria-label="Add extra field"
          onClick={() => (isAdding ? undefined : setAdding(true))}
        >
          Add…
        </button>
      </div>
      {fields.map((field, index) => (
        <FieldRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice; what tells them apart is their place
          key={index}
          field={field}
          label={`Field ${index + 1}`}
          onCommit={changed => save(fields.with(index, changed))}
          onRemove={() => void remove(index)}
        />
      ))}
      {isAdding && <FieldRow field={none} label="New field" onCommit={add} onRemove={() => done(false)} />}
    </div>
  )
}
