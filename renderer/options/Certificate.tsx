/** Own certificate and key, by the paths of their files, or one of this computer's making. */
import type { Site, SiteOptions } from '../../electron/contract.ts'
import { CommittedField } from '../CommittedField.tsx'
import { problemWords } from '../words.ts'
import { DraftForm } from './DraftForm.tsx'
import { useConfigure } from './use-configure.ts'
import { useDraft } from './use-draft.ts'

type Certificate = NonNullable<SiteOptions['certificate']>

const labels: Readonly<Record<keyof Certificate, string>> = {
  certFile: 'Certificate file',
  keyFile: 'Key file',
}
const files = ['certFile', 'keyFile'] as const

/** What tells one path from another is at its end; a field shows its start. */
const asPath = { className: 'mono', placeholder: 'Full path of a PEM file' } as const
const readPath = (text: string) => text.trim() || null

function OwnFiles({ site, certificate }: { readonly site: Site; readonly certificate: Certificate }) {
  const configure = useConfigure(site)
  return files.map(file => (
    <CommittedField
      key={file}
      label={labels[file]}
      value={certificate[file]}
      read={readPath}
      refusal="Use the full path of a PEM file"
      input={{ ...asPath, title: certificate[file] }}
      onCommit={path => configure({ certificate: { ...certificate, [file]: path } }, { quiet: true })}
    />
  ))
}

export function CertificateOption({ site }: { readonly site: Site }) {
  const configure = useConfigure(site)
  const draft = useDraft(`certificate ${site.id}`)
  const { certificate } = site.options
  const { status } = site
  // The files are read when the site starts, which is after they were named.
  const problem = status.phase === 'failed' && status.problem.type === 'certificate' ? status.problem : null
  if (draft.isOpen) {
    return (
      <div className="opt-set" ref={draft.box}>
        <DraftForm
          label="Own certificate"
          fields={files.map(name => ({
            name,
            label: labels[name],
            initial: '',
            needed: 'Use the full path of a PEM file',
            input: asPath,
          }))}
          submit="Use Certificate"
          onSubmit={({ certFile, keyFile }) =>
            configure(
              { certificate: { certFile: certFile.trim(), keyFile: keyFile.trim() } },
              { quiet: true },
            )
          }
          draft={draft}
        />
      </div>
    )
  }
  return (
    <div className="opt-set" ref={draft.box}>
      {certificate !== null && <OwnFiles site={site} certificate={certificate} />}
      <div className="opt">
        <div>
          Certificate
          {problem ? (
            <small className="is-error">{problemWords(problem)}</small>
          ) : (
            <small>{certificate ? 'Your own' : 'Renewed by itself'}</small>
          )}
        </div>
        <button
          type="button"
          className="btn"
          data-opener
          onClick={certificate ? () => void configure({ certificate: null }) : draft.open}
        >
          {certificate ? 'Use One Made Here' : 'Use Own Certificate…'}
        </button>
      </div>
    </div>
  )
}
