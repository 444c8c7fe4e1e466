/** A port to type. */
import type { Result } from '../electron/contract.ts'
import { CommittedField } from './CommittedField.tsx'

function readPort(text: string): number | null {
  const digits = text.trim()
  if (!/^\d{1,5}$/.test(digits)) return null
  const port = Number(digits)
  return port >= 1 && port <= 65535 ? port : null
}

export function PortField({
  port,
  ...rest
}: {
  readonly label: string
  readonly help?: string
  readonly port: number
  readonly onCommit: (port: number) => Promise<Result<unknown>>
}) {
  return (
    <CommittedField
      {...rest}
      value={port}
      read={readPort}
      refusal="Use a number from 1 to 65535"
      input={{ maxLength: 6 }}
    />
  )
}
