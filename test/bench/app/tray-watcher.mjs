/**
 * The panel of a Linux desktop, as far as a tray icon sees it: owns the name
 * org.kde.StatusNotifierWatcher on a session bus, is told when an icon comes, and
 * clicks on it. Speaks the few messages of the D-Bus protocol that this takes
 * (https://dbus.freedesktop.org/doc/dbus-specification.html); no general client.
 */
import { connect } from 'node:net'

const BUS = 'org.freedesktop.DBus'
const WATCHER = 'org.kde.StatusNotifierWatcher'
const ITEM = 'org.kde.StatusNotifierItem'

/** Message types, and header fields by their code. */
const CALL = 1
const REPLY = 2
const field = { path: 1, interface: 2, member: 3, replyTo: 5, destination: 6, sender: 7, signature: 8 }
const typeOf = { 1: 'o', 2: 's', 3: 's', 5: 'u', 6: 's', 7: 's', 8: 'g' }

/** Values one after the other, each aligned as its type asks. */
class Writer {
  bytes = []

  align(size) {
    while (this.bytes.length % size !== 0) this.bytes.push(0)
  }

  u32(value) {
    this.align(4)
    this.bytes.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255)
  }

  text(value, isSignature) {
    if (isSignature) this.bytes.push(value.length)
    else this.u32(value.length)
    this.bytes.push(...Buffer.from(value, 'latin1'), 0)
  }

  value(type, value) {
    if (type === 'g') this.text(value, true)
    else if (type === 's' || type === 'o') this.text(value, false)
    else this.u32(Number(value)) // u, i, b
  }
}

function encode(type, serial, fields, signature, values) {
  const body = new Writer()
  if (signature.startsWith('v')) body.text(signature.slice(1), true)
  for (const [index, each] of [...signature.replace('v', '')].entries()) body.value(each, values[index])
  const list = new Writer()
  for (const [name, value] of Object.entries(signature ? { ...fields, signature } : fields)) {
    list.align(8)
    list.bytes.push(field[name])
    list.text(typeOf[field[name]], true)
    list.value(typeOf[field[name]], name === 'signature' && value.startsWith('v') ? 'v' : value)
  }
  const head = new Writer()
  head.bytes.push('l'.charCodeAt(0), type, 0, 1)
  for (const number of [body.bytes.length, serial, list.bytes.length]) head.u32(number)
  head.bytes.push(...list.bytes)
  head.align(8)
  return Buffer.from([...head.bytes, ...body.bytes])
}

const aligned = (offset, size) => Math.ceil(offset / size) * size

/** The first message in `data` and how long it is; null while there is less than one. */
function decode(data) {
  if (data.length < 16) return null
  const fieldsEnd = 16 + data.readUInt32LE(12)
  const bodyAt = aligned(fieldsEnd, 8)
  const length = bodyAt + data.readUInt32LE(4)
  if (data.length < length) return null
  const message = { type: data[1], serial: data.readUInt32LE(8), body: data.subarray(bodyAt, length), length }
  for (let at = 16; at < fieldsEnd; ) {
    at = aligned(at, 8)
    const code = data[at]
    const type = String.fromCharCode(data[at + 2])
    at += 4 // code, signature of one character
    if (type === 'u') {
      at = aligned(at, 4) + 4
    } else {
      const isSignature = type === 'g'
      if (!isSignature) at = aligned(at, 4)
      const size = isSignature ? data[at] : data.readUInt32LE(at)
      at += isSignature ? 1 : 4
      for (const [name, each] of Object.entries(field)) {
        if (each === code) message[name] = data.toString('latin1', at, at + size)
      }
      at += size + 1
    }
  }
  return message
}

/** `address`: as dbus-daemon prints it. */
export async function watchTray(address) {
  const path = /unix:(?:path|abstract)=([^,]+)/.exec(address)?.[1] ?? ''
  const socket = connect(address.includes('abstract=') ? `\0${path}` : path)
  let serial = 0
  let data = Buffer.alloc(0)
  let isOpen = false
  const waiting = []
  const items = []

  const send = (type, fields, signature = '', values = []) =>
    socket.write(encode(type, ++serial, fields, signature, values))
  const call = (destination, path, name, member, signature, values) =>
    send(CALL, { path, interface: name, member, destination }, signature, values)

  function receive(message) {
    if (message.type !== CALL) return
    const answer = { replyTo: message.serial, destination: message.sender }
    if (message.member === 'RegisterStatusNotifierItem') {
      const name = message.body.toString('latin1', 4, 4 + message.body.readUInt32LE(0))
      const item = { at: performance.now(), name: name.startsWith('/') ? message.sender : name }
      const next = waiting.shift()
      if (next) next(item)
      else items.push(item)
      send(REPLY, answer)
    } else if (message.member === 'Get') send(REPLY, answer, 'vb', [true])
    else send(REPLY, answer)
  }

  socket.on('data', chunk => {
    data = Buffer.concat([data, chunk])
    if (!isOpen && data.includes('\r\n')) {
      isOpen = true
      data = data.subarray(data.indexOf('\r\n') + 2)
      socket.write('BEGIN\r\n')
      call(BUS, '/org/freedesktop/DBus', BUS, 'Hello')
      call(BUS, '/org/freedesktop/DBus', BUS, 'RequestName', 'su', [WATCHER, 4])
    }
    for (let message = decode(data); isOpen && message; message = decode(data)) {
      data = data.subarray(message.length)
      receive(message)
    }
  })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const user = Buffer.from(String(process.getuid())).toString('hex')
  socket.write(`\0AUTH EXTERNAL ${user}\r\n`)

  return {
    /** The next icon that comes, or came and was not asked for yet. `at`: when, on performance.now()'s clock. */
    icon: () =>
      items.length > 0 ? Promise.resolve(items.shift()) : new Promise(resolve => waiting.push(resolve)),
    click: item => call(item.name, '/StatusNotifierItem', ITEM, 'Activate', 'ii', [0, 0]),
    close: () => socket.destroy(),
  }
}
