/** An icon that copies a text and is a check for a moment when it has. */
import { useActions, useCopied } from '../actions.tsx'
import { Icon } from '../Icon.tsx'

interface CopyButtonProps {
  readonly text: string
  /** What the toast says was copied: `row`. */
  readonly what: string
  readonly name: string
  readonly title?: string
  readonly className?: string
  readonly tabIndex?: number
}

export function CopyButton({ text, what, name, title = name, className = '', tabIndex }: CopyButtonProps) {
  const { copyText } = useActions()
  const isDone = useCopied(text)
  return (
    <button
      type="button"
      className={`icon-btn ${className} ${isDone ? 'is-done' : ''}`}
      aria-label={name}
      title={title}
      tabIndex={tabIndex}
      onClick={() => void copyText(text, what)}
    >
      <Icon name={isDone ? 'check' : 'copy'} />
    </button>
  )
}
