/**
 * HTTP-date (RFC 9110 §5.6.7): writes IMF-fixdate, reads all three formats.
 * Reads strictly, since Date.parse takes much that is no HTTP-date; what is
 * malformed is null, and the fields that hold dates are then ignored.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})'
const MONTH = `(${MONTHS.join('|')})`
const IMF_FIXDATE = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d{2}) ${MONTH} (\\d{4}) ${TIME} GMT$`)
const RFC_850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} GMT$`,
)
const ASCTIME = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} ([ \\d]\\d) ${TIME} (\\d{4})$`)

/** ms since the epoch, or null when it is no HTTP-date. */
export function parseHttpDate(value: string, now: number): number | null {
  let match = IMF_FIXDATE.exec(value)
  if (match) return toTime(Number(match[3]), match[2], match[1], match.slice(4, 7))
  match = ASCTIME.exec(value)
  if (match) return toTime(Number(match[6]), match[1], match[2], match.slice(3, 6))
  match = RFC_850.exec(value)
  if (!match) return null
  // A year that seems more than 50 years ahead is the most recent past one with the same digits.
  const thisYear = new Date(now).getUTCFullYear()
  let year = thisYear - (thisYear % 100) + Number(match[3])
  if (year > thisYear + 50) year -= 100
  return toTime(year, match[2], match[1], match.slice(4, 7))
}

function toTime(
  year: number,
  month: string | undefined,
  day: string | undefined,
  clock: string[],
): number | null {
  const [hour = 0, minute = 0, second = 0] = clock.map(Number)
  const date = Number(day)
  if (hour > 23 || minute > 59 || second > 60) return null
  const time = Date.UTC(year, MONTHS.indexOf(month ?? ''), date, hour, minute, second)
  const made = new Date(time)
  // 30 February would roll over into March.
  if (second < 60 && (made.getUTCDate() !== date || made.getUTCFullYear() !== year)) return null
  return time
}

const formatted = new Map<number, string>()
const MAX_FORMATTED = 2_000

/** Keeps what it made: the times of files come again with each request for them. */
export function formatHttpDate(time: number): string {
  let text = formatted.get(time)
  if (text === undefined) {
    text = new Date(time).toUTCString()
    if (formatted.size >= MAX_FORMATTED) formatted.clear()
    formatted.set(time, text)
  }
  return text
}

let dateSecond = -1
let dateText = ''

/** The Date field of now (ms since the epoch); made once per second. */
export function currentHttpDate(now = Date.now()): string {
  const second = Math.floor(now / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = formatHttpDate(second * 1000)
  }
  return dateText
}
