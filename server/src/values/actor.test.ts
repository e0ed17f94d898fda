import { describe, expect, test } from "vitest";
import {
  apiKeyActor,
  commandLineActor,
  customerActor,
  moverName,
  operatorKeyActor,
  staffActor,
  systemActor,
} from "./actor.ts";
import type { Mover } from "./actor.ts";
import { authorize, Forbidden, isAllowed } from "./authorize.ts";
import { idFromDatabase } from "./ids.ts";
import type { AccountId, ApiKeyId, OperatorKeyId, ProviderId, StaffId } from "./ids.ts";
import { allPermissions, permissions, permissionText, rolePresets } from "./permissions.ts";

const account = idFromDatabase<AccountId>("7");
const support = staffActor(idFromDatabase<StaffId>("1"), "sam", rolePresets.support);

describe("authorize", () => {
  test("lets staff and operator keys do what their permissions say, and nothing else", () => {
    const key = operatorKeyActor(idFromDatabase<OperatorKeyId>("2"), rolePresets.support);
    for (const actor of [support, key]) {
      for (const { name } of permissions) {
        expect(isAllowed(actor, name)).toBe(rolePresets.support.has(name));
      }
    }
  });

  test("lets jobs and the machine's own shell do everything, customers and their keys nothing", () => {
    const own = [systemActor("poll"), commandLineActor("anna")];
    const others = [customerActor(account), apiKeyActor(idFromDatabase<ApiKeyId>("3"), account)];
    for (const { name } of permissions) {
      for (const actor of own) expect(isAllowed(actor, name)).toBe(true);
      for (const actor of others) expect(isAllowed(actor, name)).toBe(false);
    }
  });

  test("throws the permission that is missing", () => {
    expect(() => authorize(support, "orders.read")).not.toThrow();
    expect(() => authorize(support, "providers.keys")).toThrow(new Forbidden("providers.keys"));
  });
});

describe("permissions", () => {
  test("have names of one form, once each, and a sentence", () => {
    expect(allPermissions.size).toBe(permissions.length);
    for (const { name, allows } of permissions) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*\.[a-z]+$/);
      expect(allows).toMatch(/^[A-Z].*\.$/);
      expect(permissionText(name)).toBe(allows);
    }
  });

  test("are all the owner's; no other preset reaches keys, settings or backups", () => {
    expect(rolePresets.owner).toEqual(allPermissions);
    const { owner: _, ...others } = rolePresets;
    for (const preset of Object.values(others)) {
      expect(preset.size).toBeGreaterThan(0);
      for (const name of ["providers.keys", "settings.write", "backup.make"] as const) {
        expect(preset.has(name)).toBe(false);
      }
    }
  });

  test("of the read-only preset only read", () => {
    for (const name of rolePresets["read-only"]) expect(name).toMatch(/\.read$/);
  });
});

test.each<[Mover, string]>([
  [{ kind: "provider", id: idFromDatabase<ProviderId>("3") }, "provider:3"],
  [systemActor("run-schedules"), "panel"],
  [customerActor(account), "customer:7"],
  [apiKeyActor(idFromDatabase<ApiKeyId>("3"), account), "customer:7 key:3"],
  [commandLineActor("anna"), "cli:anna"],
])("the story of an order names %o %s", (mover, name) => {
  expect(moverName(mover)).toBe(name);
});
