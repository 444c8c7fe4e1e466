import { expect, it } from 'vitest'
import { writtenFields } from '../../electron/engine/written-fields.ts'

it.each([
  ['cookie', 'sid=hush', 'sid=***'],
  ['cookie', 'sid=hush; theme=hush;b="hush=hush"', 'sid=***; theme=***; b=***'],
  ['cookie', 'hush', '***'],
  ['cookie', '=hush', '***'],
  ['cookie', 'a="x;hush"', 'a=***; ***'],
  ['cookie', '', '***'],
  ['set-cookie', 'sid=hush; Path=/; HttpOnly;SameSite=Lax', 'sid=***; Path=/; HttpOnly; SameSite=Lax'],
  [
    'set-cookie',
    'sid=hush; Expires=Tue, 04 Mar 2025 11:58:02 GMT',
    'sid=***; Expires=Tue, 04 Mar 2025 11:58:02 GMT',
  ],
  ['set-cookie', 'sid="a;hush"; secure', 'sid=***; ***; secure'],
  ['set-cookie', 'hush', '***'],
  ['servebar-token', 'hush', '***'],
  ['authorization', 'Basic hush', 'Basic ***'],
  ['proxy-authorization', 'hush', '***'],
])('%s: %s is written as %s, also when it is written again', (name, value, written) => {
  const once = writtenFields([[name, value]])
  expect(once).toEqual([[name, written]])
  expect(writtenFields(once)).toEqual(once)
})

it('all other fields are as they were', () => {
  const fields = [
    ['host', 'localhost'],
    ['x-cookie', 'sid=1'],
  ] as const
  expect(writtenFields(fields)).toBe(fields)
})
