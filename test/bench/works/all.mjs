/** Every work, in the order in which they are measured and reported. */
import { downloadWorks } from './download.mjs'
import { requestWorks } from './requests.mjs'

export const WORKS = [...requestWorks, ...downloadWorks]
