/** The fields of an answer that are not its own: when it is sent, and what becomes of the connection. */
import { currentHttpDate } from './http-date.ts'
import { linesOf } from './response.ts'

/** What stands around an answer's own fields. */
export interface Envelope {
  /** The Date field. */
  readonly date: string
  /** What is said of the connection. */
  readonly fields: readonly string[]
  readonly lines: string
}

/** Says of the connection whether it goes on; `date` is filled in for each answer. */
export function createEnvelope(fields: readonly string[]): () => Envelope {
  const lines = linesOf(fields)
  let envelope: Envelope = { date: '', fields, lines }
  return () => {
    const date = currentHttpDate()
    // The same text for a whole second.
    if (envelope.date !== date) envelope = { date, fields, lines }
    return envelope
  }
}

/** All fields of an answer as it goes out; names and values in turn. */
export function sentFields(fields: readonly string[], envelope: Envelope): string[] {
  return ['Date', envelope.date, ...fields, ...envelope.fields]
}
