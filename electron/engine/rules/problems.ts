/**
 * What is wrong with a file of rules, or in it and not applied here: by file
 * and line, in words for its owner. Words are bounded, as a file may be wrong
 * on each of its lines.
 */

export type RuleFileName = '_redirects' | '_headers' | 'serve.json'

export interface RuleProblem {
  readonly file: RuleFileName
  /** From 1; 0 is about the file as a whole. */
  readonly line: number
  /** `error`: the host would refuse it, too. `note`: the host would apply it, and here it is not. */
  readonly severity: 'error' | 'note'
  readonly message: string
}

/** Why a rule is none. */
export class RuleError extends Error {
  readonly severity: RuleProblem['severity']

  constructor(message: string, severity: RuleProblem['severity'] = 'error') {
    super(message)
    this.severity = severity
  }
}

const MAX_PROBLEMS = 100

export class Problems {
  readonly #file: RuleFileName
  readonly #list: RuleProblem[] = []
  #more = 0

  constructor(file: RuleFileName) {
    this.#file = file
  }

  add(line: number, message: string, severity: RuleProblem['severity'] = 'error'): void {
    if (this.#list.length >= MAX_PROBLEMS) this.#more++
    else this.#list.push({ file: this.#file, line, severity, message })
  }

  /** Keeps why a rule is none; anything else is an error of ours. */
  catch(line: number, error: unknown): void {
    if (!(error instanceof RuleError)) throw error
    this.add(line, error.message, error.severity)
  }

  get list(): readonly RuleProblem[] {
    if (this.#more === 0) return this.#list
    const message = `${this.#more} more problems are left out`
    return [...this.#list, { file: this.#file, line: 0, severity: 'error', message }]
  }
}

const LONGEST = 100

export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)
}
