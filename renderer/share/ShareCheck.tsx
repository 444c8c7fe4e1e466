/** "Phone cannot connect?": looks for what is in the way, and says what to do about it. */
import { useState } from 'react'
import type { ShareFinding, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { Glyph } from '../Icon.tsx'
import { CopyButton } from '../log/CopyButton.tsx'

function Finding({ finding }: { readonly finding: ShareFinding }) {
  const { ok, title, detail, command } = finding
  return (
    <li className={ok ? 'finding is-fine' : 'finding'}>
      <Glyph name={ok ? 's-2' : 's-4'} />
      <div>
        <span className="vh">{ok ? 'Fine: ' : 'In the way: '}</span>
        {title}
        {detail !== null && <small>{detail}</small>}
        {command !== null && (
          <div className="finding-command">
            <code className="mono">{command}</code>
            <CopyButton text={command} what="command" name="Copy command" />
          </div>
        )}
      </div>
    </li>
  )
}

function summary(findings: readonly ShareFinding[]): string {
  const problems = findings.filter(finding => !finding.ok).length
  if (problems === 0) return 'Nothing on this computer is in the way.'
  return problems === 1 ? 'One thing may be in the way.' : `${problems} things may be in the way.`
}

export function ShareCheck({ site }: { readonly site: Site }) {
  const { invoke } = useActions()
  const [findings, setFindings] = useState<readonly ShareFinding[] | null>(null)
  const [isChecking, setChecking] = useState(false)
  const check = async () => {
    if (isChecking) return
    setChecking(true)
    const result = await invoke('site.checkShare', { id: site.id })
    setChecking(false)
    if (result.ok) setFindings(result.value)
  }
  return (
    <div className="group rows share-check">
      <div className="opt">
        <div>
          Phone cannot connect?
          {/* Always there: a region that comes together with its words is not read out. */}
          <small role="status">
            {isChecking
              ? 'Checking…'
              : findings === null
                ? 'A short check of this computer.'
                : summary(findings)}
          </small>
        </div>
        <button type="button" className="btn" aria-disabled={isChecking} onClick={() => void check()}>
          {findings === null ? 'Check' : 'Check Again'}
        </button>
      </div>
      {findings !== null && (
        <ul className="findings" aria-label="Findings">
          {findings.map(finding => (
            <Finding key={finding.title} finding={finding} />
          ))}
          <li className="finding is-hint">
            The phone has to be on the same network. Guest networks often keep devices apart.
          </li>
        </ul>
      )}
    </div>
  )
}
