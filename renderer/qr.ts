/** A URL as the path data of its QR code, one unit per module, without the quiet zone. */
import qrcode from 'qrcode-generator'

export interface QrCode {
  readonly size: number
  readonly path: string
}

export function qrCodeOf(text: string): QrCode {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const size = code.getModuleCount()
  let path = ''
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let run = 0
      while (column + run < size && code.isDark(row, column + run)) run += 1
      if (run > 0) path += `M${column} ${row}h${run}v1h-${run}z`
      column += run
    }
  }
  return { size, path }
}
