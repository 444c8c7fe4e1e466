/** The design's switch: on and off are position and an inner bar; colour only agrees. */
export function Switch({
  label,
  on,
  onChange,
  title,
  describedBy,
}: {
  readonly label: string
  readonly on: boolean
  readonly onChange: (on: boolean) => void
  readonly title?: string | undefined
  readonly describedBy?: string | undefined
}) {
  return (
    <button
      type="button"
      className="switch"
      role="switch"
      aria-checked={on}
      aria-label={label}
      aria-describedby={describedBy}
      title={title}
      onClick={() => onChange(!on)}
    >
      <i />
    </button>
  )
}
