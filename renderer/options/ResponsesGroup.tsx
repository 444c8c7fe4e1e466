/** What every answer carries, and how fast it goes out. */
import type { CachePolicy, Site, ThrottleChoice } from '../../electron/contract.ts'
import { ChoiceOption } from '../Choice.tsx'
import { count } from '../format.ts'
import { SwitchOption } from '../Option.tsx'
import { throttleNames } from '../words.ts'
import { ExtraFields } from './ExtraFields.tsx'
import { useConfigure } from './use-configure.ts'

const origins = [
  { value: 'off', label: 'Off' },
  { value: 'any', label: 'Any origin' },
] as const

const policies: readonly { readonly policy: CachePolicy; readonly label: string }[] = [
  { policy: 'no-cache', label: 'Don’t cache' },
  { policy: 60, label: '1 minute' },
  { policy: 3600, label: '1 hour' },
  { policy: 'immutable', label: 'Forever' },
]

const speeds = Object.entries(throttleNames).map(([value, label]) => ({
  value: value as ThrottleChoice,
  label,
}))

/** `2 minutes`, `90 seconds`: in the largest unit that says it without a second one. */
function inWords(seconds: number): string {
  const units = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const
  const [size, noun] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 'second']
  return count(seconds / size, noun)
}

/** The design's four, and the one that holds if it was set elsewhere (the settings file). */
function policiesWith(cache: CachePolicy) {
  if (policies.some(each => each.policy === cache)) return policies
  const label = typeof cache === 'number' ? inWords(cache) : 'Don’t store'
  return [...policies, { policy: cache, label }]
}

export function ResponsesGroup({ site }: { readonly site: Site }) {
  const configure = useConfigure(site)
  const { cors, cache, isolate, fields, throttle } = site.options
  const offered = policiesWith(cache)
  return (
    <>
      <h3 className="group-title">Responses</h3>
      <div className="group rows">
        <ChoiceOption
          label="Cross-origin requests (CORS)"
          items={origins}
          value={cors ? 'any' : 'off'}
          onChange={value => void configure({ cors: value === 'any' })}
        />
        <ChoiceOption
          label="Cache"
          items={offered.map(({ policy, label }) => ({ value: String(policy), label }))}
          value={String(cache)}
          onChange={value => {
            const chosen = offered.find(each => String(each.policy) === value)
            if (chosen) void configure({ cache: chosen.policy })
          }}
        />
        <SwitchOption
          label="Cross-origin isolation"
          help="For SharedArrayBuffer and wasm threads"
          on={isolate}
          onChange={isolate => void configure({ isolate })}
        />
        <ChoiceOption
          label="Slow network"
          help="For every device that opens this site"
          items={speeds}
          value={throttle}
          onChange={throttle => void configure({ throttle })}
        />
        <ExtraFields key={site.id} site={site} fields={fields} />
      </div>
    </>
  )
}
