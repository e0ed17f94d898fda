import type { AccountId, ApiKeyId, OperatorKeyId, ProviderId, StaffId } from "./ids.ts";
import type { Permission } from "./permissions.ts";

/** The request in which somebody acts: its verified client address, and the id it carries in the log. */
export type ActorRequest = { readonly address?: string; readonly requestId?: string };

/** Somebody of the staff, with what they may do at this moment. */
export type StaffActor = ActorRequest & {
  readonly kind: "staff";
  readonly id: StaffId;
  readonly name: string;
  readonly permissions: ReadonlySet<Permission>;
};

/** A program of the operator's, with what its key may do. */
export type OperatorKeyActor = ActorRequest & {
  readonly kind: "operator_key";
  readonly id: OperatorKeyId;
  readonly permissions: ReadonlySet<Permission>;
};

/** A customer who is signed in. */
export type CustomerActor = ActorRequest & {
  readonly kind: "customer";
  readonly accountId: AccountId;
};

/** A customer's program. */
export type ApiKeyActor = ActorRequest & {
  readonly kind: "api_key";
  readonly id: ApiKeyId;
  readonly accountId: AccountId;
};

/** The panel itself; `job` names what it was doing. */
export type SystemActor = { readonly kind: "system"; readonly job: string };

/** A user who has a shell on the panel's machine, by the name of their user there. */
export type CommandLineActor = { readonly kind: "command_line"; readonly user: string };

/** Who does something. Made at the edge where the request, the command or the job begins. */
export type Actor =
  | StaffActor
  | OperatorKeyActor
  | CustomerActor
  | ApiKeyActor
  | SystemActor
  | CommandLineActor;

/** Those who act for themselves: what they may do is decided by what is theirs. */
export type BuyerActor = CustomerActor | ApiKeyActor;

export type ActorKind = Actor["kind"];

export function staffActor(
  id: StaffId,
  name: string,
  permissions: ReadonlySet<Permission>,
  request: ActorRequest = {},
): StaffActor {
  return { kind: "staff", id, name, permissions, ...request };
}

export function operatorKeyActor(
  id: OperatorKeyId,
  permissions: ReadonlySet<Permission>,
  request: ActorRequest = {},
): OperatorKeyActor {
  return { kind: "operator_key", id, permissions, ...request };
}

export function customerActor(accountId: AccountId, request: ActorRequest = {}): CustomerActor {
  return { kind: "customer", accountId, ...request };
}

export function apiKeyActor(
  id: ApiKeyId,
  accountId: AccountId,
  request: ActorRequest = {},
): ApiKeyActor {
  return { kind: "api_key", id, accountId, ...request };
}

export function systemActor(job: string): SystemActor {
  return { kind: "system", job };
}

export function commandLineActor(user: string): CommandLineActor {
  return { kind: "command_line", user };
}

/** The actor in one word or two, as the audit and the stories of orders show it: `cli:anna`. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case "staff":
      return `staff:${actor.name}`;
    case "operator_key":
      return `operator-key:${actor.id}`;
    case "customer":
      return `customer:${actor.accountId}`;
    case "api_key":
      return `customer:${actor.accountId} key:${actor.id}`;
    case "system":
      return `system:${actor.job}`;
    case "command_line":
      return `cli:${actor.user}`;
  }
}

/** The number that an actor's kind has for it; a machine's user and a job have none. */
export function actorId(actor: Actor): number | undefined {
  switch (actor.kind) {
    case "staff":
    case "operator_key":
    case "api_key":
      return actor.id;
    case "customer":
      return actor.accountId;
    case "system":
    case "command_line":
      return undefined;
  }
}

/** The request in which the actor acts; empty for jobs and the machine's own shell. */
export function requestOf(actor: Actor): ActorRequest {
  return actor.kind === "system" || actor.kind === "command_line" ? {} : actor;
}

/** What changes an order: somebody who acts, or a provider by what it answers. */
export type Mover = Actor | { readonly kind: "provider"; readonly id: ProviderId };

export function providerMover(id: ProviderId): Mover {
  return { kind: "provider", id };
}

/**
 * A mover as the stories of orders show it: `provider:3`, `customer:7 key:3`, `cli:anna`, and
 * `panel` where the panel acts by itself.
 */
export function moverName(mover: Mover): string {
  if (mover.kind === "provider") return `provider:${mover.id}`;
  return mover.kind === "system" ? "panel" : actorName(mover);
}
