/** Settings of the app. Each applies when it is changed. */
import type { AppSettings, KeepRequests, Theme } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { BackButton } from './BackButton.tsx'
import { ChoiceOption } from './Choice.tsx'
import { count } from './format.ts'
import { KeyHint } from './KeyHint.tsx'
import { useNavigation } from './navigation.tsx'
import { SwitchOption } from './Option.tsx'
import { PortField } from './PortField.tsx'
import { Segments } from './Segments.tsx'
import { useAppState, useRequestCount } from './store.ts'

const themes: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

const keeps: readonly { value: KeepRequests; label: string }[] = [
  { value: 'quit', label: 'Until quit' },
  { value: '1h', label: '1 hour' },
  { value: '1d', label: '1 day' },
  { value: '7d', label: '7 days' },
]

/** Of all sites: the log of one is cleared where it is seen. */
function SavedRequests() {
  const { sites } = useAppState()
  const { invoke, toast } = useActions()
  const requests = useRequestCount()
  const clear = async () => {
    const results = await Promise.all(
      sites.map(async ({ id }) => ({ id, cleared: (await invoke('log.clear', { site: id })).ok })),
    )
    const cleared = results.filter(each => each.cleared)
    if (cleared.length === 0) return
    toast('Log cleared.', () => {
      for (const { id } of cleared) void invoke('log.restore', { site: id })
    })
  }
  return (
    <div className="opt">
      <div>
        Saved requests
        <small>{requests === 0 ? 'None yet' : count(requests, 'request')}</small>
      </div>
      {/* Not `disabled`, which would take the focus from it. */}
      <button
        type="button"
        className="btn"
        aria-disabled={requests === 0}
        onClick={() => (requests === 0 ? undefined : void clear())}
      >
        Clear Log
      </button>
    </div>
  )
}

export function Settings() {
  const { settings, host } = useAppState()
  const { wide } = useNavigation()
  const { invoke } = useActions()
  const change = (settings: Partial<AppSettings>) => invoke('settings.change', settings)
  const has = (capability: (typeof host.capabilities)[number]) => host.capabilities.includes(capability)
  const [Title, GroupTitle] = wide ? (['h2', 'h3'] as const) : (['h1', 'h2'] as const)
  return (
    <>
      <header className="bar has-back">
        <BackButton />
        <Title className="bar-title">Settings</Title>
      </header>
      <div className="body settings">
        <div className="group rows">
          {has('start-at-login') && (
            <SwitchOption
              label="Start at login"
              on={settings.startAtLogin}
              onChange={startAtLogin => void change({ startAtLogin })}
            />
          )}
          <SwitchOption
            label="Restore servers on launch"
            help="Sites that were running start again"
            on={settings.restoreOnLaunch}
            onChange={restoreOnLaunch => void change({ restoreOnLaunch })}
          />
        </div>
        <GroupTitle className="group-title">New sites</GroupTitle>
        <div className="group rows">
          <PortField
            label="Default port"
            help="The next free port is used if it is taken"
            port={settings.defaultPort}
            onCommit={defaultPort => invoke('settings.change', { defaultPort }, { quiet: true })}
          />
        </div>
        <GroupTitle className="group-title">Appearance</GroupTitle>
        <div className="group rows">
          <div className="opt">
            <div>Theme</div>
            <Segments
              kind="radios"
              label="Theme"
              segments={themes}
              value={settings.theme}
              onChange={theme => void change({ theme })}
            />
          </div>
        </div>
        <GroupTitle className="group-title">Request log</GroupTitle>
        <div className="group rows">
          <ChoiceOption
            label="Keep requests for"
            items={keeps}
            value={settings.keepRequests}
            onChange={keepRequests => void change({ keepRequests })}
          />
          <SavedRequests />
        </div>
        <div className="about">
          <span className="group-note">Servebar {host.version}</span>
          {has('quit') && (
            <button type="button" className="btn" onClick={() => void invoke('app.quit', {})}>
              Quit Servebar <KeyHint name="quit" />
            </button>
          )}
        </div>
      </div>
    </>
  )
}
