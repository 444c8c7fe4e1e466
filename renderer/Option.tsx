/** One row of a form: label and help on the left, a switch on the right. The whole row is its target. */
import { useId } from 'react'
import { Switch } from './Switch.tsx'

export function SwitchOption({
  label,
  help,
  on,
  onChange,
}: {
  readonly label: string
  readonly help?: string
  readonly on: boolean
  readonly onChange: (on: boolean) => void
}) {
  const id = useId()
  return (
    <div className="opt">
      <div>
        {label}
        {help !== undefined && <small id={id}>{help}</small>}
      </div>
      <Switch label={label} on={on} onChange={onChange} describedBy={help === undefined ? undefined : id} />
    </div>
  )
}
