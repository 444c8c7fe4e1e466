/**
 * The hammer while the load of small files runs: whatever is kept in memory is
 * hot, and must yield to the disk all the same.
 */
import { hammer, hammeredRequests, makeLanes } from '../hammer.mjs'
import { FILES } from '../site.mjs'
import { wrk } from '../wrk.mjs'

const LANES = 8
const SECONDS = 15

export const truthWork = {
  name: 'truth',
  title: 'Files change in every way while the small files are asked for',
  parts: ['files'],
  contenders: ['servebar'],
  columns: [
    { key: 'changes', title: 'changes', digits: 0 },
    { key: 'requests', title: 'answers checked', digits: 0 },
    { key: 'stale', title: 'of them wrong', digits: 0 },
    { key: 'rate', title: 'requests/s beside', digits: 0 },
  ],
  launches: true,
  rounds: 1,
  async measure({ launch, root, scratch }) {
    const lanes = makeLanes(root, LANES)
    const server = await (await launch()).ready()
    const requests = [...FILES.map(({ target }) => ({ target })), ...repeated(hammeredRequests(LANES), 10)]
    const load = wrk(server, { requests, seconds: SECONDS + 1, mayFail: true }, scratch)
    const { changes, requests: asked, faults } = await hammer({ port: server.port, lanes, seconds: SECONDS })
    const { rate } = await load
    for (const fault of faults.slice(0, 20)) console.error(`stale: ${fault}`)
    return { changes, requests: asked, stale: faults.length, rate }
  },
  goals: [
    {
      text: 'every next answer is of the disk',
      value: results => results.get('servebar')[0].stale,
      isMet: value => value === 0,
      format: value => `${value} wrong`,
    },
  ],
}

/** So often that those which change are most of what is asked for. */
const repeated = (list, times) => Array.from({ length: times }, () => list).flat()
