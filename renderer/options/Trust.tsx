/**
 * Whether browsers on this computer trust its own certificate authority, the
 * button for it, what to do by hand where a click was not enough, and the
 * fingerprint to compare on another device.
 */
import { Fragment, useState } from 'react'
import type { AuthorityState } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { CopyButton } from '../log/CopyButton.tsx'
import { useAppState } from '../store.ts'

const words: Readonly<Record<AuthorityState['trusted'], readonly [title: string, help: string]>> = {
  all: ['Trusted on this computer', 'Browsers here open it without a warning'],
  some: ['Trusted by some browsers here', 'The others still warn first'],
  none: ['Not trusted yet', 'Browsers here warn first'],
  unknown: ['Trust is not known', 'Browsers here may warn first'],
}

function TrustButtons({ authority }: { readonly authority: AuthorityState }) {
  const { invoke, toast } = useActions()
  const [isAsking, setAsking] = useState(false)
  const { trusted } = authority
  const trust = async (wanted: boolean) => {
    if (isAsking) return // the system's own question is open
    setAsking(true)
    const result = await invoke('authority.trust', { trusted: wanted })
    setAsking(false)
    if (!result.ok) return
    const now = result.value.trusted
    const done = wanted ? now === 'all' : now === 'none'
    if (done) toast(wanted ? 'Trusted on this computer' : 'No longer trusted on this computer')
    else if (result.value.steps.length > 0) toast('The rest is to be done by hand')
    // Where there is one, it trusts it now or there are steps.
    else if (wanted && now === 'none') toast('No browser of yours was found: start one, then try again')
    else toast(words[now][0])
  }
  // One button that stays where it is, so that it keeps the focus; both only where each has something to do.
  const isRemoval = trusted === 'all'
  return (
    <div className="opt-buttons" aria-busy={isAsking}>
      <button
        type="button"
        className="btn"
        aria-disabled={isAsking}
        onClick={() => void trust(!isRemoval)}
        {...(!isRemoval && { title: 'Your system asks you to confirm it' })}
      >
        {isRemoval ? 'Remove Trust' : 'Trust on This Computer…'}
      </button>
      {trusted === 'some' && (
        <button type="button" className="btn" aria-disabled={isAsking} onClick={() => void trust(false)}>
          Remove Trust
        </button>
      )}
    </div>
  )
}

function Steps({ steps }: Pick<AuthorityState, 'steps'>) {
  return (
    <div className="opt-block">
      By hand
      <ol className="opt-steps">
        {steps.map(({ text, command }, index) => (
          <li key={`${text} ${command}`}>
            {text}
            {command !== undefined && (
              <span className="opt-code">
                <code className="mono">{command}</code>
                <CopyButton
                  text={command}
                  what="command"
                  name={`Copy command of step ${index + 1}`}
                  title="Copy command"
                />
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}

/** A line may end behind each colon, not within a pair. */
function inPairs(fingerprint: string) {
  return fingerprint.split(/(?<=:)/).map((pair, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pairs repeat, and never move
    <Fragment key={index}>
      {pair}
      <wbr />
    </Fragment>
  ))
}

/** Nothing before the authority is made, which is when HTTPS is used for the first time. */
export function TrustOption() {
  const { authority } = useAppState()
  if (authority === null) return null
  const [title, help] = words[authority.trusted]
  return (
    <>
      <div className="opt">
        <div>
          {title}
          <small>{help}</small>
        </div>
        <TrustButtons authority={authority} />
      </div>
      {authority.steps.length > 0 && <Steps steps={authority.steps} />}
      <div className="opt-block">
        Fingerprint (SHA-256)
        <span className="opt-code">
          <code className="mono">{inPairs(authority.fingerprint)}</code>
          <CopyButton text={authority.fingerprint} what="fingerprint" name="Copy fingerprint" />
        </span>
      </div>
    </>
  )
}
