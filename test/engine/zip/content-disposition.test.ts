import { expect, it } from 'vitest'
import { attachment } from '../../../electron/engine/zip/content-disposition.ts'

it.each([
  ['prints.zip', 'attachment; filename="prints.zip"'],
  ['a b.zip', 'attachment; filename="a b.zip"'],
  ['café.zip', `attachment; filename="cafe.zip"; filename*=UTF-8''caf%C3%A9.zip`],
  ['日本.zip', `attachment; filename="__.zip"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.zip`],
  ['say "hi".zip', `attachment; filename="say _hi_.zip"; filename*=UTF-8''say%20%22hi%22.zip`],
  [
    "it's (1) 100%*.zip",
    `attachment; filename="it's (1) 100_*.zip"; filename*=UTF-8''it%27s%20%281%29%20100%25%2A.zip`,
  ],
  ['a/b\\c\r\nX: y.zip', 'attachment; filename="a_b_c__X: y.zip"'],
  ['half \ud800.zip', 'attachment; filename="half _.zip"'],
])('%j', (name, field) => {
  expect(attachment(name)).toBe(field)
})
