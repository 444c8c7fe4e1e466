/**
 * One row of a form with a choice of a few: label on the left, the design's
 * pop-up button on the right. A native select, so that the system draws its
 * list, also beyond the edge of a small panel, and every key works.
 */
import { useId } from 'react'
import { Icon } from './Icon.tsx'

export interface ChoiceItem<T extends string> {
  readonly value: T
  readonly label: string
}

export function ChoiceOption<T extends string>({
  label,
  help,
  items,
  value,
  onChange,
}: {
  readonly label: string
  readonly help?: string | undefined
  readonly items: readonly ChoiceItem<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
}) {
  const id = useId()
  return (
    <div className="opt">
      <label htmlFor={id}>
        {label}
        {help !== undefined && <small id={`${id}-help`}>{help}</small>}
      </label>
      <span className="pop choice">
        <select
          id={id}
          aria-label={label}
          aria-describedby={help === undefined ? undefined : `${id}-help`}
          value={value}
          onChange={event => {
            const item = items.find(each => each.value === event.target.value)
            if (item) onChange(item.value)
          }}
        >
          {items.map(item => (
            <option key={item.value} value={item.value}>
              {item.label}
            </option>
          ))}
        </select>
        <Icon name="updown" />
      </span>
    </div>
  )
}
