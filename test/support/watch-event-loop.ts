/**
 * The longest time for which nothing else could run in this process, in ms of
 * processor time: what other processes take of a busy machine does not count.
 */
export function watchEventLoop(): () => number {
  let longest = 0
  let watching = true
  let before = process.cpuUsage()
  const look = (): void => {
    const { user, system } = process.cpuUsage(before)
    longest = Math.max(longest, (user + system) / 1000)
    before = process.cpuUsage()
    if (watching) setImmediate(look)
  }
  look()
  return () => {
    watching = false
    return longest
  }
}
