/**
 * The list of what is on its way. Shows those that need somebody, and those that
 * are being sent; the rest are only counted, as there may be thousands. A row
 * keeps its elements as long as it lasts, so that focus stays where it is.
 */
import { announce, button, counted, element, setText, sizeText } from './dom.ts'
import type { Queue } from './queue.ts'
import { canReplace, type Phase, type Transfer } from './transfer.ts'

/** Rows that are drawn. */
const MOST = 30

interface Row {
  readonly item: HTMLLIElement
  readonly state: HTMLElement
  readonly bar: HTMLProgressElement
  readonly buttons: HTMLElement
  phase: Phase | null
}

export class TransfersView {
  readonly section: HTMLElement
  readonly #queue: () => Queue
  readonly #title = element('p', { class: 'upt', tabindex: '-1' })
  readonly #bar = element('progress', { 'aria-label': 'All files' })
  readonly #actions = element('div', { class: 'upa' })
  readonly #list = element('ul')
  readonly #rows = new Map<Transfer, Row>()
  #said = ''
  #offered = ''

  constructor(queue: () => Queue) {
    this.#queue = queue
    const head = element('div', { class: 'uph' }, this.#title, this.#actions)
    this.section = element(
      'section',
      { class: 'ups', 'aria-label': 'Uploads', hidden: true },
      head,
      this.#bar,
      this.#list,
    )
  }

  draw(): void {
    const { transfers } = this.#queue()
    const by = (...phases: Phase[]): Transfer[] => transfers.filter(({ phase }) => phases.includes(phase))
    const [asking, failed, paused, done] = [by('asking'), by('failed'), by('paused'), by('done')]
    const active = by('sending', 'retrying')
    const waiting = by('waiting')
    this.section.hidden = transfers.length === 0
    const all = transfers.filter(({ phase }) => phase !== 'dropped')
    this.#bar.hidden = active.length + waiting.length + paused.length === 0
    this.#bar.max = Math.max(
      1,
      sum(all, ({ file }) => file.size),
    )
    this.#bar.value = sum(all, ({ sent, phase, file }) => (phase === 'done' ? file.size : sent))
    setText(this.#title, this.#bar.hidden ? endOf(done, failed, asking) : this.#progressOf(all, done))
    this.#drawActions(asking, failed, paused, [...active, ...waiting])
    this.#drawRows([...asking, ...failed, ...active, ...paused], waiting.length)
    this.#say(done, failed, asking, active.length + waiting.length + paused.length)
  }

  #progressOf(all: readonly Transfer[], done: readonly Transfer[]): string {
    const [sent, whole] = [this.#bar.value, this.#bar.max].map(sizeText)
    return `${done.length.toLocaleString('en-US')} of ${counted(all.length, 'file', 'files')} · ${sent} of ${whole}`
  }

  #drawActions(
    asking: readonly Transfer[],
    failed: readonly Transfer[],
    paused: readonly Transfer[],
    going: readonly Transfer[],
  ): void {
    const offers: [label: string, act: () => void][] = []
    const queue = this.#queue()
    if (asking.length > 1) {
      offers.push(['Skip All', () => this.#each(asking, each => each.drop())])
      if (asking.every(canReplace))
        offers.push(['Replace All', () => this.#again(asking, each => each.replaceExisting())])
      offers.push(['Keep All', () => this.#again(asking, each => each.keepBoth())])
    }
    if (failed.length > 1) offers.push(['Try All Again', () => this.#again(failed, each => each.again())])
    if (going.length > 1) offers.push(['Pause All', () => this.#each(going, each => each.pause())])
    if (paused.length > 1) offers.push(['Resume All', () => queue.resume(paused)])
    const rest = [...going, ...paused]
    if (rest.length > 1) offers.push(['Cancel All', () => this.#each(rest, each => each.drop())])
    if (rest.length + asking.length === 0) offers.push(['Clear', () => queue.clear()])
    const offered = offers.map(([label]) => label).join()
    // What acts on all acts on those that are there when it is pressed, so it must be made anew with each change of them.
    this.#replaceButtons(this.#actions, offered === this.#offered, offers)
    this.#offered = offered
  }

  #replaceButtons(
    parent: HTMLElement,
    same: boolean,
    offers: readonly [string, () => void, string?][],
  ): void {
    if (same) {
      // The same buttons for other files: only what they do is new.
      for (const [i, offer] of offers.entries()) (parent.children[i] as HTMLButtonElement).onclick = offer[1]
      return
    }
    const held = parent.contains(document.activeElement)
    const made = offers.map(([label, act, name]) => {
      const each = button(label, () => {}, name === undefined ? {} : { 'aria-label': `${label} ${name}` })
      each.onclick = act
      return each
    })
    parent.replaceChildren(...made)
    if (held) (made[0] ?? this.#title).focus()
  }

  #each(transfers: readonly Transfer[], act: (transfer: Transfer) => void): void {
    for (const transfer of transfers) act(transfer)
  }

  #again(transfers: readonly Transfer[], act: (transfer: Transfer) => void): void {
    this.#each(transfers, act)
    this.#queue().resume([])
  }

  #drawRows(shown: readonly Transfer[], waiting: number): void {
    const visible = shown.slice(0, MOST)
    for (const [transfer, { item }] of this.#rows) {
      if (visible.includes(transfer)) continue
      if (item.contains(document.activeElement)) this.#title.focus()
      item.remove()
      this.#rows.delete(transfer)
    }
    for (const [index, transfer] of visible.entries()) {
      const row = this.#rows.get(transfer) ?? this.#makeRow(transfer)
      this.#rows.set(transfer, row)
      // Moving an element takes the focus from it.
      if (this.#list.children[index] !== row.item)
        this.#list.insertBefore(row.item, this.#list.children[index] ?? null)
      this.#drawRow(transfer, row)
    }
    const rest = waiting + shown.length - visible.length
    const last = this.#list.querySelector('.upw') ?? element('li', { class: 'upw' })
    setText(last, `${rest.toLocaleString('en-US')} more waiting`)
    if (rest === 0) last.remove()
    else this.#list.append(last)
  }

  #makeRow({ name, file }: Transfer): Row {
    const state = element('span', { class: 'small' })
    const bar = element('progress', { 'aria-label': name })
    bar.max = Math.max(1, file.size)
    const buttons = element('span', { class: 'upa' })
    const text = element('span', { class: 'nm' }, element('bdi', {}, name), state, bar)
    return { item: element('li', {}, text, buttons), state, bar, buttons, phase: null }
  }

  #drawRow(transfer: Transfer, row: Row): void {
    const { phase, file, sent, name } = transfer
    setText(row.state, stateOf(transfer))
    row.bar.value = file.size === 0 ? 1 : sent
    row.bar.hidden = phase === 'asking' || phase === 'failed'
    row.item.classList.toggle('bad', phase === 'failed')
    if (phase === row.phase) return
    row.phase = phase
    const offers: [string, () => void, string][] = []
    if (phase === 'sending' || phase === 'retrying') offers.push(['Pause', () => transfer.pause(), name])
    if (phase === 'paused') offers.push(['Resume', () => this.#queue().resume([transfer]), name])
    if (phase === 'failed') offers.push(['Try Again', () => this.#queue().resume([transfer]), name])
    if (phase === 'asking') {
      offers.push(['Skip', () => transfer.drop(), name])
      if (canReplace(transfer))
        offers.push(['Replace', () => this.#again([transfer], each => each.replaceExisting()), name])
      offers.push(['Keep Both', () => this.#again([transfer], each => each.keepBoth()), name])
    } else offers.push([phase === 'failed' ? 'Remove' : 'Cancel', () => transfer.drop(), name])
    this.#replaceButtons(row.buttons, false, offers)
  }

  /** What somebody who does not look must know; the bars tell the rest when asked. */
  #say(
    done: readonly Transfer[],
    failed: readonly Transfer[],
    asking: readonly Transfer[],
    left: number,
  ): void {
    const latest = failed[failed.length - 1]
    let text = ''
    if (asking.length > 0)
      text = `${counted(asking.length, 'file exists', 'files exist')} already. Choose what to do.`
    else if (latest !== undefined) text = `${latest.name}: ${latest.refused?.sentence}`
    else if (left === 0 && done.length > 0) text = endOf(done, failed, asking)
    if (text !== this.#said && text !== '') announce(text)
    this.#said = text
  }
}

const sum = (transfers: readonly Transfer[], of: (transfer: Transfer) => number): number =>
  transfers.reduce((total, transfer) => total + of(transfer), 0)

function endOf(done: readonly Transfer[], failed: readonly Transfer[], asking: readonly Transfer[]): string {
  const parts: string[] = []
  if (done.length > 0) parts.push(`${counted(done.length, 'file', 'files')} added`)
  if (failed.length > 0) parts.push(`${failed.length.toLocaleString('en-US')} not added`)
  if (asking.length > 0) parts.push(`${counted(asking.length, 'file exists', 'files exist')} already`)
  return parts.join(', ') || 'Nothing added'
}

function stateOf({ phase, sent, file, refused, renamed }: Transfer): string {
  const as = renamed === null ? '' : ` · as ${renamed}`
  switch (phase) {
    case 'retrying':
      return 'Connection lost. Trying again…'
    case 'paused':
      return `Paused at ${sizeText(sent)} of ${sizeText(file.size)}`
    case 'asking':
    case 'failed':
      return refused?.sentence ?? ''
    default:
      return `${sizeText(sent)} of ${sizeText(file.size)}${as}`
  }
}
