/** Settings of the app. Each applies when it is changed. */
import type { AppSettings, Theme } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { BackButton } from './BackButton.tsx'
import { KeyHint } from './KeyHint.tsx'
import { useNavigation } from './navigation.tsx'
import { SwitchOption } from './Option.tsx'
import { PortField } from './PortField.tsx'
import { Segments } from './Segments.tsx'
import { useAppState } from './store.ts'

const themes: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

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
