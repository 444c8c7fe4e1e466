/** The last net: a bug in the panel shows a plain message and a way on. The servers run on in the app. */
import { Component, type ErrorInfo, type ReactNode } from 'react'

interface Props {
  readonly children: ReactNode
}

export class ErrorBoundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override componentDidCatch(error: Error, { componentStack }: ErrorInfo) {
    console.error(error, componentStack)
  }

  override render() {
    return this.state.failed ? (
      <Message
        title="The panel stopped working"
        text="Your sites are still being served."
        button="Reload"
        onPress={() => location.reload()}
      />
    ) : (
      this.props.children
    )
  }
}

/** A panel that has nothing but a few words to show. */
export function Message({
  title,
  text,
  button,
  onPress,
}: {
  readonly title: string
  readonly text: string
  readonly button?: string
  readonly onPress?: () => void
}) {
  return (
    <main className="sb message" role="alert">
      <h1>{title}</h1>
      <p>{text}</p>
      {button !== undefined && (
        <button type="button" className="btn primary lg" onClick={onPress}>
          {button}
        </button>
      )}
    </main>
  )
}
