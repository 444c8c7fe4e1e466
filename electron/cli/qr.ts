/** A URL as its QR code for a terminal: two modules a character, one above the other. */
import qrcode from 'qrcode-generator'

/** Light modules around it that readers need (ISO/IEC 18004 §5.3.8). */
const QUIET = 4

/** By the pair of modules, the upper one first. */
const CHARACTERS = [' ', '▄', '▀', '█'] as const

/** `colours`: black on white whatever the terminal's own are; without them, dark modules are what is printed. */
export function qrText(text: string, colours: boolean): string {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const size = code.getModuleCount()
  const isInside = (at: number) => at >= 0 && at < size
  const isDark = (row: number, column: number) =>
    isInside(row) && isInside(column) && code.isDark(row, column)
  let lines = ''
  for (let row = -QUIET; row < size + QUIET; row += 2) {
    let line = ''
    for (let column = -QUIET; column < size + QUIET; column += 1) {
      line +=
        CHARACTERS[isDark(row, column) ? (isDark(row + 1, column) ? 3 : 2) : isDark(row + 1, column) ? 1 : 0]
    }
    // From the fixed part of the 256 colours: themes leave it alone.
    lines += colours ? `\x1b[38;5;16;48;5;231m${line}\x1b[0m\n` : `${line}\n`
  }
  return lines
}
