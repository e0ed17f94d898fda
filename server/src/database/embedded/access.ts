import { applicationRole } from "#database/application-role.ts";
import { findAccount } from "./accounts.ts";
import { ownerRole } from "./cluster.ts";
import { replaceFile } from "./files.ts";
import { accessFileOf, usersFileOf } from "./places.ts";

const written = "# Written by the panel at every start: changes here are lost.";
const map = "panelwright";

/**
 * Writes who may connect to the server over its socket: this user and root, as the owner or as the
 * application. Anybody else who reaches the socket is refused. There is no password: the kernel
 * says who is at the other end.
 */
export async function writeAccess(home: string): Promise<void> {
  const uid = process.getuid?.() ?? 0;
  const own = await findAccount(uid);
  const names = new Set([own?.name, (await findAccount(0))?.name]);
  names.delete(undefined);
  // A user without a name, as in some containers, cannot be matched by name: then the socket's
  // folder alone keeps others out.
  const method = own === undefined ? "trust" : `peer map=${map}`;
  const lines = ["all", "replication"].map((what) => `local ${what} all reject`);
  const roles = [ownerRole, applicationRole];
  const access = [written, ...roles.map((role) => `local all ${role} ${method}`), ...lines];
  const users = [...names].flatMap((name) => roles.map((role) => `${map} "${name}" ${role}`));
  // The files hold nothing secret, and the server's user has to read them.
  replaceFile(accessFileOf(home), `${access.join("\n")}\n`, 0o644);
  replaceFile(usersFileOf(home), `${[written, ...users].join("\n")}\n`, 0o644);
}
