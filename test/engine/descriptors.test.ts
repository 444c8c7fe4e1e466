import { constants } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DescriptorPool, descriptorLimit, descriptors } from '../../electron/engine/descriptors.ts'
import { tempFolder } from '../support/temp.ts'

const { O_RDONLY } = constants

describe('DescriptorPool', () => {
  it('gives connections three quarters, so that each may still ask for a file', async () => {
    const file = join(tempFolder({ 'a.txt': '' }), 'a.txt')
    const pool = new DescriptorPool(8)
    expect(Array.from({ length: 8 }, () => pool.admit())).toEqual([...Array(6).fill(true), false, false])
    const fds = [await pool.open(file, O_RDONLY), await pool.open(file, O_RDONLY)]
    expect(pool.used).toBe(8)
    pool.leave()
    expect(pool.admit()).toBe(true)
    for (const fd of fds) pool.close(fd)
    await expect.poll(() => pool.used).toBe(6)
  })

  it('files take what connections leave, and then their turn', async () => {
    const file = join(tempFolder({ 'a.txt': '' }), 'a.txt')
    const pool = new DescriptorPool(2)
    const first = await pool.open(file, O_RDONLY)
    const second = await pool.open(file, O_RDONLY)
    expect(pool.admit()).toBe(false)
    const order: number[] = []
    const waiting = [1, 2, 3].map(async n => {
      const fd = await pool.open(file, O_RDONLY)
      order.push(n)
      expect(pool.used).toBeLessThanOrEqual(2)
      pool.close(fd)
    })
    pool.close(first)
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    pool.close(second)
    await expect.poll(() => pool.used).toBe(0)
  })

  it('is patient for a while, then says what the system would', async () => {
    const file = join(tempFolder({ 'a.txt': '' }), 'a.txt')
    const pool = new DescriptorPool(1)
    const fd = await pool.open(file, O_RDONLY)
    await expect(pool.open(file, O_RDONLY, 10)).rejects.toMatchObject({ code: 'EMFILE' })
    pool.close(fd)
    await expect.poll(() => pool.used).toBe(0)
    pool.close(await pool.open(file, O_RDONLY))
  })

  it('gets a place back when a file does not open', async () => {
    const pool = new DescriptorPool(1)
    await expect(pool.open('/none', O_RDONLY)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(pool.used).toBe(0)
  })
})

describe('descriptorLimit', () => {
  it('reads that of this process', () => {
    expect(descriptorLimit()).toBeGreaterThan(64)
    expect(descriptors().size).toBeLessThan(descriptorLimit())
    expect(descriptors()).toBe(descriptors())
  })

  it('is none on Windows, and where it cannot be told', () => {
    expect(descriptorLimit('win32')).toBe(Number.POSITIVE_INFINITY)
    expect(descriptorLimit('linux', '/none')).toBe(Number.POSITIVE_INFINITY)
    const { limits, unlimited } = {
      limits: 'limits',
      unlimited: 'Max open files  unlimited  unlimited  files\n',
    }
    expect(descriptorLimit('linux', join(tempFolder({ [limits]: unlimited }), limits))).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('is told by the report where there is no /proc', () => {
    expect(descriptorLimit('darwin')).toBe(descriptorLimit('linux'))
  })
})

it('asks for those that are kept without need before anybody waits for long', async () => {
  const path = join(tempFolder({ 'a.txt': 'a' }), 'a.txt')
  const pool = new DescriptorPool(1)
  const kept = await pool.open(path, constants.O_RDONLY)
  pool.spare.add(() => pool.close(kept))
  const fd = await pool.open(path, constants.O_RDONLY)
  expect(pool.used).toBe(1)
  pool.close(fd)
})
