const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EFBIG: "the file would be too large for the file system",
  EIO: "the disk reports an error",
  ENAMETOOLONG: "the name is too long",
};

/** Says in words why a file could not be read or written; `undefined` for every other failure. */
export function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  // A missing database also fails on a path: that of its socket.
  return error.syscall === "connect" ? undefined : reasons[String(error.code)];
}
