/** Every work, in the order in which they are measured and reported. */
import { downloadWorks } from './download.mjs'
import { folderWorks } from './folder.mjs'
import { memoryWorks } from './memory.mjs'
import { readersWork } from './readers.mjs'
import { logWork, requestWorks } from './requests.mjs'
import { startWorks } from './start.mjs'
import { truthWork } from './truth.mjs'

/** @type {readonly import('./work.mjs').Work[]} */
export const WORKS = [
  ...requestWorks,
  ...downloadWorks,
  ...startWorks,
  ...folderWorks,
  readersWork,
  logWork,
  ...memoryWorks,
  truthWork,
]
