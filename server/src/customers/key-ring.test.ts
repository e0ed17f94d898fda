import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Context } from "#database/context.ts";
import { testPanel } from "#test/panel.ts";
import { hashApiKey } from "./api-key.ts";
import { findApiKeyId } from "./api-keys.sql.ts";
import { openKeyRing } from "./key-ring.ts";
import type { KeyRing } from "./key-ring.ts";
import { revokeKey } from "./revoke-key.ts";

const panel = testPanel();
let now = 0;
let ring: KeyRing;

beforeEach(() => {
  const ctx: Context = { ...panel.ctx, clock: { now: () => now } };
  ring = openKeyRing(ctx);
});
afterEach(() => ring.close());

async function revoke(key: string): Promise<void> {
  const id = await findApiKeyId(panel.ctx.db, hashApiKey(key));
  if (id === undefined) throw new Error("no such key");
  await revokeKey(panel.ctx, "test", id);
}

describe("a key", () => {
  test("is remembered after it was read once", async () => {
    const { key, id } = await panel.addCustomer();
    expect(ring.remembered(key)).toBeUndefined();

    const found = await ring.find(key);

    expect(found).toMatchObject({ accountId: id, version: 1, isCustomerActive: true });
    expect(ring.remembered(key)).toBe(found);
    expect(await ring.find(key)).toBe(found);
  });

  test("is read again where what is remembered is too old", async () => {
    const { key } = await panel.addCustomer();
    const first = await ring.findFresh(key, 1000);

    now += 1000;
    expect(await ring.findFresh(key, 1000)).toBe(first);
    now += 1;
    const second = await ring.findFresh(key, 1000);

    expect(second).not.toBe(first);
    expect(second).toEqual(first);
    expect(await ring.findFresh(key, -1)).not.toBe(second);
  });

  test("that was revoked is forgotten as soon as it is read", async () => {
    const { key } = await panel.addCustomer();
    await ring.find(key);
    await revoke(key);

    // Remembered still: whoever acts on it checks it in the same statement.
    expect(await ring.find(key)).toBeDefined();
    expect(await ring.findFresh(key, -1)).toBeUndefined();
    expect(await ring.find(key)).toBeUndefined();
  });

  test("that nobody has is not found, however long it is", async () => {
    for (const key of ["", "a", "0".repeat(32), "0".repeat(257), "0".repeat(100_000), "\u0000"]) {
      expect(await ring.find(key)).toBeUndefined();
      expect(await ring.findFresh(key, -1)).toBeUndefined();
      expect(ring.remembered(key)).toBeUndefined();
    }
  });

  test("that was used is noted when the ring is closed", async () => {
    const { key, id } = await panel.addCustomer();
    await ring.find(key);

    await ring.close();

    const { rows } = await panel.ctx.db.query(
      "select last_used_at is not null as used from api_keys where account_id = $1",
      [id],
    );
    expect(rows).toEqual([{ used: true }]);
  });
});
