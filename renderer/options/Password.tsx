/**
 * The password of a site: its switch, and while one is set who it is for. What
 * was typed is sent and forgotten; nothing here ever shows it again. The switch
 * is on while one is typed, but the line beside it says that it does not hold yet.
 */
import { useState } from 'react'
import type { Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { useNavigation, type View } from '../navigation.tsx'
import { Switch } from '../Switch.tsx'
import { DraftForm } from './DraftForm.tsx'
import { type Draft, useDraft } from './use-draft.ts'

const anyUser = 'guest'
const helpId = 'password-help'

/** Opens where another part of the panel asked for a password (`Set Password…`), once for each time. */
function useAsked(site: Site, draft: Draft) {
  const { view } = useNavigation()
  const [answered, setAnswered] = useState<View | null>(null)
  const isAsked = view.name === 'site' && view.id === site.id && view.ask === 'password'
  if (!isAsked || view === answered || site.options.password !== null) return
  setAnswered(view)
  draft.open()
}

export function PasswordOption({ site }: { readonly site: Site }) {
  const { invoke, toast } = useActions()
  const draft = useDraft(`password ${site.id}`)
  useAsked(site, draft)
  const { password } = site.options
  const isSet = password !== null
  const set = async (user: string, text: string | null) => {
    const result = await invoke(
      'site.setPassword',
      { id: site.id, user, password: text },
      { quiet: text !== null },
    )
    if (!result.ok) return result
    if (text === null) toast('Password removed')
    else toast(isSet ? 'Password changed' : 'Password set')
    return result
  }
  const toggle = (on: boolean) => {
    if (on) return draft.open()
    draft.close()
    if (isSet) void set(password.user, null)
  }
  return (
    <div className="opt-set" ref={draft.box}>
      <div className="opt" data-ends-draft>
        <div>
          Password
          <small id={helpId}>
            {draft.isOpen && !isSet ? 'Not asked for until you set it' : 'Asked once per browser'}
          </small>
        </div>
        <Switch label="Password" on={isSet || draft.isOpen} onChange={toggle} describedBy={helpId} />
      </div>
      {draft.isOpen ? (
        <DraftForm
          label="Password"
          fields={[
            {
              name: 'user',
              label: 'User name',
              initial: password?.user ?? anyUser,
              needed: 'Use a name without a colon',
              input: { maxLength: 100 },
            },
            {
              name: 'password',
              label: isSet ? 'New password' : 'Password',
              initial: '',
              needed: 'Type a password',
              secret: true,
              input: { maxLength: 1000, 'data-password': true },
            },
          ]}
          submit={isSet ? 'Change Password' : 'Set Password'}
          onSubmit={({ user, password }) => set(user.trim(), password)}
          draft={draft}
        />
      ) : (
        isSet && (
          <div className="opt">
            <div>
              User name
              <small>
                <bdi>{password.user}</bdi>
              </small>
            </div>
            <button type="button" className="btn" data-opener data-password onClick={draft.open}>
              Change Password…
            </button>
          </div>
        )
      )}
    </div>
  )
}
