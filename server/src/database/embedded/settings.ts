import { totalmem } from "node:os";
import { accessFileOf, serverPort, settingsFileOf, socketFolderOf, usersFileOf } from "./places.ts";

const mebibyte = 1024 * 1024;

/** The file beside the server's settings in which people put their own. */
export const customSettingsName = "postgres-custom.conf";

/** The server's settings file. `customFile` is named only where it exists. */
export function settingsText(options: {
  hasLz4: boolean;
  memoryBytes: number;
  customFile: string | undefined;
}): string {
  const sharedMebibytes = sharedBuffersMebibytes(options.memoryBytes);
  return `# Written by the panel at every start: changes here are lost.
# Put settings of your own into ${customSettingsName} in this folder.

max_connections = 120
shared_buffers = ${sharedMebibytes}MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = ${options.hasLz4 ? "lz4" : "pglz"}
jit = off
# Parallel queries take their memory from here first: /dev/shm is tiny in containers, and some
# systems empty it when its owner logs out.
min_dynamic_shared_memory = ${Math.ceil(sharedMebibytes / 8)}MB
# A killed client's statement ends, and its locks are freed, even while it computes or waits.
client_connection_check_interval = 5s
timezone = 'UTC'
datestyle = 'iso, ymd'

# What the log must never hold is what customers sent: no statements, no details with row values.
log_destination = 'stderr'
logging_collector = off
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_statement = 'none'
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_checkpoints = off
${options.customFile === undefined ? "" : `\ninclude = '${options.customFile}'\n`}`;
}

/**
 * Settings given on the command line, where neither the files nor `alter system` can undo them: no
 * network, our private socket, our rules for who may connect, and no acknowledged commit lost.
 */
export function fixedSettings(options: { home: string; runFolder: string }): string[] {
  const settings = {
    config_file: settingsFileOf(options.home),
    hba_file: accessFileOf(options.home),
    ident_file: usersFileOf(options.home),
    listen_addresses: "",
    port: String(serverPort),
    unix_socket_directories: `"${socketFolderOf(options.runFolder).replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** The memory this process may use, in bytes: the computer's, or less in a container. */
export function usableMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * An eighth of the memory, within 16 MiB and 1 GiB. The server takes it only as it is used. A
 * million orders with their indexes need some 600 MiB; what does not fit costs a copy at every
 * access.
 */
function sharedBuffersMebibytes(memoryBytes: number): number {
  const eighth = Math.floor(memoryBytes / 8 / mebibyte);
  return Math.max(16, Math.min(1024, eighth));
}
