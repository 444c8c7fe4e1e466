/** Runs the tools that keep a computer's trusted authorities: no shell, nothing to type into, an end in time. */
import { execFile } from 'node:child_process'
import { systemError } from './problems.ts'
import { type CommandResult, type RunCommand, TrustError } from './trust-store.ts'

/** For a tool that answers by itself. */
export const QUICK = 30_000
/** For one that asks the user in a dialog. */
export const ASKING = 5 * 60_000

export const runCommand: RunCommand = (program, args, timeLimit) =>
  new Promise((resolve, reject) => {
    const options = {
      timeout: timeLimit,
      windowsHide: true,
      maxBuffer: 16 * 1024 * 1024,
      // Some of the answers are read; those must not be translated.
      env: { ...process.env, LC_ALL: 'C' },
    }
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error ? error.code : 0
      if (systemError(error).code === 'ENOENT') resolve('missing')
      else if (typeof code === 'string') reject(error)
      else resolve({ code: code ?? null, stdout, stderr })
    })
    child.stdin?.end()
  })

/** The result whatever the exit code; rejects with a TrustError when there is no such program. */
export async function runTool(
  run: RunCommand,
  program: string,
  args: readonly string[],
  timeLimit = QUICK,
): Promise<CommandResult> {
  const tool = toolName(program)
  const result = await run(program, args, timeLimit).catch(error => {
    throw new TrustError({ kind: 'failed', tool, message: String(systemError(error).code) })
  })
  if (result === 'missing') throw new TrustError({ kind: 'no-tool', tool })
  return result
}

export function failure(program: string, { code, stdout, stderr }: CommandResult): TrustError {
  const lines = `${stderr}\n${stdout}`.split('\n').map(line => line.trim())
  const message = lines.find(line => line !== '') ?? `exit code ${code}`
  return new TrustError({ kind: 'failed', tool: toolName(program), message: message.slice(0, 300) })
}

function toolName(program: string): string {
  return program.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '')
}
