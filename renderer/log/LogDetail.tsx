/**
 * The opened part of a row: what was sent, what can be done with it, and both
 * header sections as they stood on the wire.
 */
import { useState } from 'react'
import type { Field, LogEntry, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { isListening, urlOf } from '../sites.ts'
import { useAppState } from '../store.ts'
import { CopyButton } from './CopyButton.tsx'
import { curlCommand } from './curl.ts'
import { copiedFields, copiedRow, endText, isOpenable, isReplayable, sentText } from './row-text.ts'
import type { DetailState } from './use-log-detail.ts'

interface LogDetailProps {
  readonly site: Site
  readonly entry: LogEntry
  readonly state: DetailState
}

export function LogDetail({ site, entry, state }: LogDetailProps) {
  const { copyText, openUrl, invoke, toast } = useActions()
  const { host } = useAppState()
  // Not again when it is scrolled back into sight.
  const [isOpening] = useState(state.phase === 'loading')
  const detail = state.phase === 'read' ? state.detail : null
  const curl =
    detail &&
    curlCommand(
      urlOf(site),
      {
        method: entry.method,
        target: detail.target,
        fields: detail.requestFields,
        ...(site.options.password && { user: site.options.password.user }),
      },
      host.os,
    )
  const end = detail && endText(detail)
  async function replay() {
    const result = await invoke('log.replay', { site: site.id, entry: entry.id })
    if (result.ok) toast(`Sent again: ${result.value.status}`)
  }
  return (
    <div className={isOpening ? 'req-more is-opening' : 'req-more'}>
      {detail && (
        <dl className="facts">
          {detail.file !== null && <Fact name="File" value={detail.file} isMono />}
          <Fact name="Sent" value={sentText(entry, detail)} />
          {end !== null && <Fact name="Ended" value={end} />}
          {detail.cause !== null && <Fact name="Cause" value={detail.cause} isMono />}
          {detail.note === 'letter-case' && (
            <Fact
              name="Note"
              value="Letter case differs from the file’s name. A Linux server would answer 404."
            />
          )}
        </dl>
      )}
      <div className="req-acts">
        <button type="button" className="btn" onClick={() => void copyText(copiedRow(entry), 'row')}>
          Copy Row
        </button>
        {curl !== null && (
          <button type="button" className="btn" onClick={() => void copyText(curl, 'cURL command')}>
            Copy as cURL
          </button>
        )}
        {detail && isListening(site) && isOpenable(detail.target) && (
          <button type="button" className="btn" onClick={() => openUrl(site.id, detail.target)}>
            Open
          </button>
        )}
        {detail && isListening(site) && isReplayable(entry) && (
          <button type="button" className="btn" title="Send this request again" onClick={() => void replay()}>
            Replay
          </button>
        )}
      </div>
      {detail ? (
        <div className="hdrs-pair">
          <Headers name="Response headers" fields={detail.responseFields} />
          <Headers name="Request headers" fields={detail.requestFields} />
        </div>
      ) : (
        <p className={`req-note ${state.phase === 'loading' ? 'is-late' : ''}`}>
          {state.phase === 'absent' ? state.words : 'Loading…'}
        </p>
      )}
    </div>
  )
}

interface FactProps {
  readonly name: string
  readonly value: string
  readonly isMono?: boolean
}

function Fact({ name, value, isMono = false }: FactProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isMono ? 'mono' : undefined} title={value}>
        {value}
      </dd>
    </>
  )
}

function Headers({ name, fields }: { readonly name: string; readonly fields: readonly Field[] }) {
  const what = name.toLowerCase()
  return (
    <section className="hdrs" aria-label={name}>
      <h3 className="hdrs-title">
        {name}
        {fields.length > 0 && <CopyButton text={copiedFields(fields)} what={what} name={`Copy ${what}`} />}
      </h3>
      <dl>
        {fields.map(([field, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a field may stand twice, and the list never changes
          <FieldLine key={index} name={field} value={value} />
        ))}
      </dl>
    </section>
  )
}

function FieldLine({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
