/**
 * A WebSocket whose other end is moved by hand: what the page sent, and what it
 * shall receive, without time passing.
 */
export class FakeSocket {
  static all: FakeSocket[] = []
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }
  readyState = 0
  readonly url: string
  readonly sent: { type?: string; id?: number; stream?: number; token?: string }[] = []
  onopen = () => {}
  onmessage = (_event: { data: string }) => {}
  onclose = (_event: { code: number }) => {}

  constructor(url: string) {
    this.url = url
    FakeSocket.all.push(this)
  }
  send(frame: string) {
    this.sent.push(JSON.parse(frame))
  }
  close(code = 1000) {
    this.drop(code)
  }
  // ---- the server ----
  open() {
    this.readyState = 1
    this.onopen()
  }
  welcome() {
    this.open()
    this.receive({ type: 'welcome' })
  }
  receive(frame: unknown) {
    this.onmessage({ data: JSON.stringify(frame) })
  }
  drop(code = 1006) {
    this.readyState = 3
    this.onclose({ code })
  }
}
