import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { ConfigRefusal } from "#config.ts";
import { EmbeddedRefusal } from "#database/embedded/refusal.ts";
import { MigrationRefusal } from "#database/migrate.ts";
import { OutcomeUnknown } from "#database/transaction.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import { Forbidden } from "#values/authorize.ts";
import { panelEnv, runProgram } from "#test/run-panel.ts";
import { testPanel } from "#test/panel.ts";
import { failureOf, Unreachable } from "./failure.ts";
import { UsageError } from "./option.ts";

const panel = testPanel({ roles: [] });

test.each<[code: string, exitCode: number, error: unknown]>([
  ["usage", 2, new UsageError("expected a number")],
  ["usage", 2, new ConfigRefusal("PANEL_PORT is no port")],
  ["secret_unavailable", 1, new SecretsUnavailable("the key is missing")],
  ["forbidden", 1, new Forbidden("orders.resend")],
  ["database_refused", 1, new EmbeddedRefusal("another panel has this folder")],
  ["schema_refused", 1, new MigrationRefusal("a newer panel was here")],
  ["schema_refused", 1, new Unreachable("no", { cause: new MigrationRefusal("newer") })],
  ["outcome_unknown", 3, new OutcomeUnknown("gone")],
  ["database_unreachable", 3, new Unreachable("The database cannot be used")],
  ["database_unreachable", 3, Object.assign(new Error("connect"), { code: "ECONNREFUSED" })],
  ["database_unreachable", 3, new Error("Connection terminated unexpectedly")],
  ["bug", 70, new Error("x is not a function")],
  ["bug", 70, "thrown"],
])("%s, exit code %i: %s", (code, exitCode, error) => {
  expect(failureOf(error)).toMatchObject({ code, exitCode, text: expect.stringMatching(/./) });
});

test("a port that somebody has already: cannot_listen, in words", async () => {
  const holder = createServer();
  holder.listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;

  const env = { ...panelEnv(panel.database.url), PANEL_PORT: String(port) };
  const refused = await runProgram(env, "start", "--roles", "api");
  holder.close();

  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^The panel could not start: .*EADDRINUSE.*\n$/m);
  expect(failureOf(Object.assign(new Error("in use"), { syscall: "listen" })).code).toBe(
    "cannot_listen",
  );
});

test("a missing permission says which, and what it lets people do", () => {
  expect(failureOf(new Forbidden("orders.refund")).text).toBe(
    "This needs the permission orders.refund: End an order, so that what was not delivered is refunded.",
  );
});
