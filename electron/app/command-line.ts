/**
 * Takes a command line of a host apart; what the switches mean is the host's
 * own affair. The terminal command does not use it: its options have values.
 */
export interface CommandLine {
  /** Arguments that begin with a dash, as given. */
  readonly switches: readonly string[]
  /** The others, and all that follow `--`. */
  readonly names: readonly string[]
}

export function splitCommandLine(argv: readonly string[]): CommandLine {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const before = argv.slice(0, end)
  const isSwitch = (argument: string) => argument.startsWith('-')
  return {
    switches: before.filter(isSwitch),
    names: [...before.filter(argument => !isSwitch(argument)), ...argv.slice(end + 1)],
  }
}
