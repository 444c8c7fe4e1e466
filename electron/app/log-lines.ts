/**
 * A line as formatJson() writes it -> the record again. The file is the user's
 * and may have been changed: what is not such a line is null, and no value has
 * another type than the record's.
 */
import * as v from 'valibot'
import type { Exchange } from '../engine/types.ts'

const text = v.string()
const amount = v.pipe(v.number(), v.finite(), v.minValue(0))
const fields = v.array(v.tuple([text, text]))

const schema: v.GenericSchema<unknown, Exchange> = v.object({
  time: v.pipe(
    text,
    v.transform(time => Date.parse(time)),
    v.number(), // not NaN
  ),
  duration: amount,
  clientAddress: text,
  clientIsLocal: v.boolean(),
  method: text,
  target: text,
  httpVersion: text,
  requestFields: fields,
  status: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(999)),
  bytesSent: amount,
  responseFields: fields,
  file: v.nullable(text),
  fileSize: v.nullable(amount),
  contentCoding: v.nullable(text),
  aborted: v.boolean(),
  cause: v.nullable(text),
  note: v.nullable(v.picklist(['letter-case', 'live-encoding', 'live-markup', 'live-policy'])),
})

export function parseLine(line: string): Exchange | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  const parsed = v.safeParse(schema, value, { abortEarly: true })
  return parsed.success ? parsed.output : null
}
