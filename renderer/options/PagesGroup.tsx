/** What a path leads to: live reload, fallbacks, listings, and the rules that a host would apply. */
import type { RuleProblem, Site } from '../../electron/contract.ts'
import { count } from '../format.ts'
import { Glyph } from '../Icon.tsx'
import { SwitchOption } from '../Option.tsx'
import { ruleProblems } from '../sites.ts'
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
            <span className="mono">{file}</span>, line {line}: {message}
          </span>
        </li>
      ))}
      {more > 0 && <li className="is-rest">and {count(more, 'more problem')}</li>}
    </ul>
  )
}

export function PagesGroup({ site }: { readonly site: Site }) {
  const configure = useConfigure(site)
  const { liveReload, spa, cleanUrls, listing, dotfiles, hostRules } = site.options
  const problems = ruleProblems(site)
  return (
    <>
      <h3 className="group-title">Pages</h3>
      <div className="group rows">
        <SwitchOption
          label="Live reload"
          help={
            liveReload && site.livePages > 0
              ? `${count(site.livePages, 'page')} connected`
              : 'Open pages refresh when a file changes'
          }
          on={liveReload}
          onChange={liveReload => void configure({ liveReload })}
        />
        <SwitchOption
          label="Single-page app"
          help="Unknown paths return index.html"
          on={spa}
          onChange={spa => void configure({ spa })}
        />
        <SwitchOption
          label="Clean URLs"
          help="/about returns about.html"
          on={cleanUrls}
          onChange={cleanUrls => void configure({ cleanUrls })}
        />
        <SwitchOption
          label="Directory listing"
          help="Folders without index.html list their files"
          on={listing}
          onChange={listing => void configure({ listing })}
        />
        <SwitchOption
          label="Hidden files"
          help="Serve names that start with a dot"
          on={dotfiles}
          onChange={dotfiles => void configure({ dotfiles })}
        />
        <SwitchOption
          label="Rules of the host"
          help="Follow _headers, _redirects and serve.json"
          on={hostRules}
          onChange={hostRules => void configure({ hostRules })}
        />
        {problems.length > 0 && <RuleProblems problems={problems} />}
      </div>
    </>
  )
}
