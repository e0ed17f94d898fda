import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { testPanel } from "#test/panel.ts";
import { hashApiKey } from "./api-key.ts";
import { findApiKeyId } from "./api-keys.sql.ts";
import { openKeyRing } from "./key-ring.ts";
import type { KeyRing } from "./key-ring.ts";
import { revokeKey } from "./revoke-key.ts";

const panel = testPanel();
let ring: KeyRing;

beforeEach(() => {
  ring = openKeyRing(panel.ctx);
});
afterEach(() => ring.close());

async function revoke(key: string): Promise<void> {
  const id = await findApiKeyId(panel.ctx.db, hashApiKey(key));
  if (id === undefined) throw new Error("no such key");
  await revokeKey(panel.ctx, tester, id);
}

describe("a key", () => {
  test("is remembered after it was read once", async () => {
    const { key, id } = await panel.addCustomer();
    expect(ring.remembered(key)).toBeUndefined();

    const found = await ring.read(key);

    expect(found).toMatchObject({ accountId: id, version: 1, isCustomerActive: true });
    expect(ring.remembered(key)).toBe(found);
  });

  test("that was revoked is forgotten as soon as it is read", async () => {
    const { key } = await panel.addCustomer();
    await ring.read(key);
    await revoke(key);

    // Remembered still: whoever acts on it checks it in the same statement.
    expect(ring.remembered(key)).toBeDefined();
    expect(await ring.read(key)).toBeUndefined();
    expect(ring.remembered(key)).toBeUndefined();
  });

  test("that nobody has is not found, however long it is", async () => {
    for (const key of ["", "a", "0".repeat(32), "0".repeat(257), "0".repeat(100_000), "\u0000"]) {
      expect(await ring.read(key)).toBeUndefined();
      expect(ring.remembered(key)).toBeUndefined();
    }
  });

  test("that was used is noted when the ring is closed", async () => {
    const { key, id } = await panel.addCustomer();
    await ring.read(key);

    await ring.close();

    const { rows } = await panel.ctx.db.query(
      "select last_used_at is not null as used from api_keys where account_id = $1",
      [id],
    );
    expect(rows).toEqual([{ used: true }]);
  });
});
