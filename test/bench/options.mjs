/** argv -> what shall be measured. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CONTENDERS } from './contenders.mjs'
import { WORKS } from './works/all.mjs'

const builtCli = fileURLToPath(new URL('../../out/cli.cjs', import.meta.url))

const usage = `Usage: npm run bench -- [options]

  --only WORKS          ${WORKS.map(({ name }) => name).join(', ')}
                        (the beginning of a name will do: download is download-1 and download-4)
  --contenders NAMES    ${Object.keys(CONTENDERS).join(', ')}
  --rounds N            (default: 3)
  --seconds N           of each measurement (default: 2)
  --cli FILE            Servebar's terminal command (default: out/cli.cjs, as npm run build made it)
  --write               put the results into README.md although not everything was measured
  --help`

/** @param {readonly string[]} argv */
export function parseOptions(argv) {
  try {
    return parse(argv)
  } catch (error) {
    console.error(`bench: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

function parse(argv) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      contenders: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      cli: { type: 'string', default: builtCli },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const only = values.only?.split(',')
  const names = values.contenders?.split(',')
  for (const wanted of only ?? []) {
    if (!WORKS.some(({ name }) => isNamed(name, wanted))) throw new Error(`there is no work ${wanted}`)
  }
  for (const name of names ?? []) {
    if (!Object.hasOwn(CONTENDERS, name)) throw new Error(`there is no contender ${name}`)
  }
  const cli = resolve(values.cli)
  if (!existsSync(cli)) throw new Error(`${cli} is missing: run npm run build first`)
  return {
    cli,
    rounds: wholeNumber('rounds', values.rounds),
    seconds: wholeNumber('seconds', values.seconds),
    contenders: names ?? Object.keys(CONTENDERS),
    isChosen: name => !only || only.some(wanted => isNamed(name, wanted)),
    /** A part of the works or of the contenders does not replace the table of all. */
    writes: values.write || (!only && !names),
  }
}

const isNamed = (name, wanted) => name === wanted || name.startsWith(`${wanted}-`)

function wholeNumber(name, text) {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`--${name} needs a whole number from 1, not "${text}"`)
  return Number(text)
}
