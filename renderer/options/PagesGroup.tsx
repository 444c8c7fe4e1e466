/** What a path leads to: live reload, fallbacks, listings, and the rules that a host would apply. */
import type { RuleProblem, RulesChoice, Site } from '../../electron/contract.ts'
import { ChoiceOption } from '../Choice.tsx'
import { CommittedField } from '../CommittedField.tsx'
import { count } from '../format.ts'
import { Glyph } from '../Icon.tsx'
import { SwitchOption } from '../Option.tsx'
import { ruleProblems, rulesInWords } from '../sites.ts'
import { hostNames } from '../words.ts'
import { useConfigure } from './use-configure.ts'

/** More than these help nobody: who mends the first sees the rest. */
const shownProblems = 20

function RuleProblems({ problems }: { readonly problems: readonly RuleProblem[] }) {
  const more = problems.length - shownProblems
  return (
    <ul className="opt-problems" aria-label="Problems in the rules">
      {problems.slice(0, shownProblems).map(({ file, line, message }) => (
        <li key={`${file} ${line} ${message}`}>
          <Glyph name="s-4" />
          <span>
            <span className="mono">{file}</span>
            {line > 0 && `, line ${line}`}: {message}
          </span>
        </li>
      ))}
      {more > 0 && <li className="is-rest">and {count(more, 'more problem')}</li>}
    </ul>
  )
}

const hosts = Object.entries(hostNames).map(([value, label]) => ({ value: value as RulesChoice, label }))

/** Names between commas; none of them holds one. */
const namesOf = (text: string) =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')

function liveHelp({ options, livePages, liveLimited }: Site): string {
  if (!options.liveReload || livePages === 0) return 'Open pages refresh when a file changes'
  const connected = `${count(livePages, 'page')} connected`
  return liveLimited ? `${connected} · the deepest folders are not watched, there are too many` : connected
}

export function PagesGroup({ site }: { readonly site: Site }) {
  const configure = useConfigure(site)
  const { liveReload, spa, cleanUrls, index, listing, dotfiles, hostRules } = site.options
  const page = index.length === 1 ? index[0] : 'an index file'
  const problems = ruleProblems(site)
  return (
    <>
      <h3 className="group-title">Pages</h3>
      <div className="group rows">
        <SwitchOption
          label="Live reload"
          help={liveHelp(site)}
          on={liveReload}
          onChange={liveReload => void configure({ liveReload })}
        />
        <SwitchOption
          label="Single-page app"
          help={`Unknown paths return ${index.length === 1 ? page : 'the first page'}`}
          on={spa}
          onChange={spa => void configure({ spa })}
        />
        <SwitchOption
          label="Clean URLs"
          help="/about returns about.html"
          on={cleanUrls}
          onChange={cleanUrls => void configure({ cleanUrls })}
        />
        <CommittedField
          label="Index files"
          help={index.length === 0 ? 'Folders have no page' : 'The page of a folder'}
          value={index.join(', ')}
          read={text => namesOf(text).join(', ')}
          refusal="Use names of files, such as index.html"
          input={{ placeholder: 'None', title: index.join(', ') }}
          onCommit={text => configure({ index: namesOf(text) }, { quiet: true })}
        />
        <SwitchOption
          label="Directory listing"
          help={index.length === 0 ? 'Folders list their files' : `Folders without ${page} list their files`}
          on={listing}
          onChange={listing => void configure({ listing })}
        />
        <SwitchOption
          label="Hidden files"
          help="Serve names that start with a dot"
          on={dotfiles}
          onChange={dotfiles => void configure({ dotfiles })}
        />
        <ChoiceOption
          label="Rules of the host"
          help={rulesInWords(site) ?? 'Follow _headers, _redirects and serve.json'}
          items={hosts}
          value={hostRules}
          onChange={hostRules => void configure({ hostRules })}
        />
        {problems.length > 0 && <RuleProblems problems={problems} />}
      </div>
    </>
  )
}
