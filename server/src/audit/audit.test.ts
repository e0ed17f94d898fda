import { expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import {
  apiKeyActor,
  commandLineActor,
  customerActor,
  operatorKeyActor,
  staffActor,
  systemActor,
} from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { AccountId, ApiKeyId, OperatorKeyId, StaffId } from "#values/ids.ts";
import { refused } from "#values/result.ts";
import { testPanel } from "#test/panel.ts";
import { audit, findActionAge, listAuditEntries } from "./audit.sql.ts";

const panel = testPanel();
const origin = { address: "203.0.113.9", requestId: "req-7" };
const account = idFromDatabase<AccountId>("7");

test.each<[Actor, object]>([
  [
    staffActor(idFromDatabase<StaffId>("4"), "anna", new Set(), origin),
    { actor: "staff:anna", actor_kind: "staff", actor_id: 4 },
  ],
  [
    operatorKeyActor(idFromDatabase<OperatorKeyId>("5"), new Set(), origin),
    { actor: "operator-key:5", actor_kind: "operator_key", actor_id: 5 },
  ],
  [customerActor(account, origin), { actor: "customer:7", actor_kind: "customer", actor_id: 7 }],
  [
    apiKeyActor(idFromDatabase<ApiKeyId>("3"), account, origin),
    { actor: "customer:7 key:3", actor_kind: "api_key", actor_id: 3 },
  ],
])("address, request id and reason are kept: %o", async (actor, expected) => {
  const subject = `actor:${actor.kind}`;
  const reason = "they asked twice";

  await inTransaction(panel.ctx, (tx) =>
    audit(tx, {
      actor,
      action: "thing.change",
      subject,
      before: { a: 1 },
      after: { a: 2 },
      reason,
    }),
  );

  const entries = await listAuditEntries(panel.ctx.db, 10, { subject });
  expect(entries).toMatchObject([
    {
      ...expected,
      address: origin.address,
      request_id: origin.requestId,
      reason,
      action: "thing.change",
      subject,
      before: { a: 1 },
      after: { a: 2 },
    },
  ]);
});

test.each<[Actor, object]>([
  [systemActor("poll"), { actor: "system:poll", actor_kind: "system" }],
  [commandLineActor("anna"), { actor: "cli:anna", actor_kind: "command_line" }],
])("jobs and the machine's users have no number and no address: %o", async (actor, expected) => {
  const subject = `actor:${actor.kind}`;

  await inTransaction(panel.ctx, (tx) => audit(tx, { actor, action: "thing.change", subject }));

  const nothing = { actor_id: null, address: null, request_id: null, reason: null };
  const entries = await listAuditEntries(panel.ctx.db, 10, { subject });
  expect(entries).toMatchObject([{ ...expected, ...nothing, before: null, after: null }]);
});

test("a refusal leaves no audit line, and neither does a throw", async () => {
  const entry = { actor: commandLineActor("ben"), action: "thing.change", subject: "thing:1" };

  await inTransaction(panel.ctx, async (tx) => {
    await audit(tx, entry);
    return refused({ code: "late_no" });
  });
  const thrown = inTransaction(panel.ctx, async (tx) => {
    await audit(tx, entry);
    throw new Error("late failure");
  });

  await expect(thrown).rejects.toThrow("late failure");
  expect(await listAuditEntries(panel.ctx.db, 10, { subject: "thing:1" })).toEqual([]);
});

test("entries are listed by actor and subject, the newest first", async () => {
  const write = (user: string, subject: string) =>
    inTransaction(panel.ctx, (tx) =>
      audit(tx, { actor: commandLineActor(user), action: "thing.list", subject }),
    );
  await write("carla", "thing:2");
  await write("dora", "thing:2");
  await write("carla", "thing:3");

  const list = async (filter: { actor?: string; subject?: string }) =>
    (await listAuditEntries(panel.ctx.db, 10, filter)).map(({ actor, subject }) => [
      actor,
      subject,
    ]);

  expect(await list({ actor: "cli:carla" })).toEqual([
    ["cli:carla", "thing:3"],
    ["cli:carla", "thing:2"],
  ]);
  expect(await list({ actor: "cli:carla", subject: "thing:2" })).toEqual([
    ["cli:carla", "thing:2"],
  ]);
  expect(await list({ actor: "carla" })).toEqual([]);
});

test("the age of an action is that of its last entry about the panel", async () => {
  const actor = commandLineActor("anna");
  await inTransaction(panel.ctx, (tx) =>
    audit(tx, { actor, action: "backup.test", subject: "panel" }),
  );

  expect(await findActionAge(panel.ctx.db, "backup.test")).toBeLessThan(60);
  expect(await findActionAge(panel.ctx.db, "backup.never")).toBeUndefined();
});
