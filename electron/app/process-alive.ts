/** Whether a process with this number runs on this computer, whoever's it is. */
import { systemError } from './problems.ts'

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemError(error).code === 'EPERM'
  }
}
