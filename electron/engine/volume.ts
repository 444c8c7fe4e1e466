/**
 * Whether a folder is on a disk of this computer. What another computer keeps
 * may change without a trace in what stat() shows for seconds, and a look at it
 * may take as long as the network does. Knows what Linux calls its file systems;
 * elsewhere a slow volume is told by its looks (sight.ts).
 */
import * as fs from 'node:fs'

/** Magic numbers of file systems (statfs(2)) whose files may be on other computers. */
const REMOTE = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x01021997, // 9P, also the disks of Windows in WSL
  0x65735546, // FUSE: sshfs, rclone, s3fs and the like
  0x5346414f, // AFS
  0x00c36400, // Ceph
  0x0bd00bd0, // Lustre
  0x19830326, // BeeGFS
  0x47504653, // GPFS
  0x7461636f, // OCFS2
  0x01161970, // GFS2
  0x786f4256, // shared folders of VirtualBox
  0xbacbacbc, // shared folders of VMware
])

/** True where it cannot be told. */
export async function isLocalVolume(folder: string, platform = process.platform): Promise<boolean> {
  // Shares of Windows say so themselves.
  if (platform === 'win32') return !/^(?:\\\\|\/\/)/.test(folder)
  if (platform !== 'linux') return true
  try {
    const { type } = await fs.promises.statfs(folder)
    return !isRemoteType(type)
  } catch {
    return true
  }
}

/** Some systems give the number with a sign. */
export function isRemoteType(type: number): boolean {
  return REMOTE.has(type >>> 0)
}
