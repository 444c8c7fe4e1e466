/** Whether the app starts at login: the system's to remember, so it is asked each time, and may refuse. */
import { abilityOf, type Platform } from './platform.ts'
import { loginItemRefused, ProblemError } from './problems.ts'

export function startsAtLogin(platform: Platform): boolean {
  try {
    return platform.startAtLogin?.get() ?? false
  } catch (error) {
    console.error(error)
    return false
  }
}

export function setLoginItem(platform: Platform, on: boolean): void {
  const { set } = abilityOf(platform, 'startAtLogin')
  try {
    set(on)
  } catch (error) {
    console.error(error)
    throw new ProblemError(loginItemRefused(error))
  }
}
