const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the system allows',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'it exists already',
  ELOOP: 'a symbolic link is in the way',
  EMFILE: 'too many open files',
};

/** Failed system calls: full disks, missing permissions. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}

/** Why a system call failed, in words. */
export function describeSystemError({ code }: NodeJS.ErrnoException): string {
  return reasons[code ?? ''] ?? code ?? 'unknown reason';
}
