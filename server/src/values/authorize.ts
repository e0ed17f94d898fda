import type { Actor } from "./actor.ts";
import type { Permission } from "./permissions.ts";

/** The actor lacks a permission. Edges turn it into a refusal with the code `forbidden`. */
export class Forbidden extends Error {
  override name = "Forbidden";
  readonly permission: Permission;

  constructor(permission: Permission) {
    super(`needs the permission ${permission}`);
    this.permission = permission;
  }
}

/**
 * The first statement of every use case of staff: throws `Forbidden` unless the actor has the
 * permission, before anything is read. Jobs and the machine's own shell have every permission;
 * customers and their keys have none.
 */
export function authorize(actor: Actor, permission: Permission): void {
  if (!isAllowed(actor, permission)) throw new Forbidden(permission);
}

/**
 * Whether the actor has the permission. For parts that are left out rather than refused, such as a
 * column.
 */
export function isAllowed(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case "staff":
    case "operator_key":
      return actor.permissions.has(permission);
    case "system":
    case "command_line":
      return true;
    case "customer":
    case "api_key":
      return false;
  }
}
