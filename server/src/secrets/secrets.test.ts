import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { deleteSetting } from "#settings/settings.sql.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { must } from "#test/panel.ts";
import { createKeyFile, readKeyFile } from "./key-file.ts";
import { findSecretFingerprint, openSecrets, secretFingerprintKey } from "./open-secrets.ts";
import { keyLength, secretsOf } from "./seal.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-secret-"));
  file = path.join(folder, "kept", "secret.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("sealed text", () => {
  const secrets = secretsOf(Buffer.alloc(keyLength, 7));

  test("opens with the same key and purpose, and looks different every time", () => {
    const first = secrets.seal("provider:1:key", "geheim ⚷");
    const second = secrets.seal("provider:1:key", "geheim ⚷");

    expect(secrets.open("provider:1:key", first)).toBe("geheim ⚷");
    expect(secrets.open("provider:1:key", second)).toBe("geheim ⚷");
    expect(first).not.toBe(second);
    expect(secrets.open("p", secrets.seal("p", ""))).toBe("");
  });

  test("does not open for another purpose, with another key, or after any change of a byte", () => {
    const sealed = secrets.seal("provider:1:key", "text");

    expect(secrets.open("provider:2:key", sealed)).toBeUndefined();
    expect(secretsOf(Buffer.alloc(keyLength, 8)).open("provider:1:key", sealed)).toBeUndefined();
    const bytes = Buffer.from(sealed, "base64");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(secrets.open("provider:1:key", changed.toString("base64"))).toBeUndefined();
    }
    for (const text of ["", "AA==", "not base64 !", sealed.slice(0, 30)]) {
      expect(secrets.open("provider:1:key", text)).toBeUndefined();
    }
  });
});

describe("the key file", () => {
  test("is readable by its owner alone, is never replaced and leaves no draft", async () => {
    expect(await createKeyFile(file)).toBe(true);
    const text = readFileSync(file, "utf8");
    expect(await createKeyFile(file)).toBe(false);

    expect(readFileSync(file, "utf8")).toBe(text);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(["secret.key"]);
  });

  test("made by many at once is one file", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => createKeyFile(file)));

    expect(made.filter(Boolean)).toHaveLength(1);
    expect((await readKeyFile(file)).kind).toBe("key");
    expect(readdirSync(path.dirname(file))).toEqual(["secret.key"]);
  });

  test("that lost a character, has another header or is empty is not taken for a key", async () => {
    await createKeyFile(file);
    const text = readFileSync(file, "utf8");
    const damaged = [
      text.replace("panelwright", "other"),
      text.slice(0, -5),
      text.replace("\n", "\nA"),
      `${text}more\n`,
      "",
    ];
    for (const other of damaged) {
      writeFileSync(file, other);
      expect(await readKeyFile(file)).toEqual({ kind: "damaged" });
    }
    writeFileSync(file, text.replaceAll("\n", "\r\n"));
    expect((await readKeyFile(file)).kind).toBe("key");
  });
});

describe("opening the secrets of a database", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  const fresh = async () => {
    const tx = await database.pool.connect();
    await deleteSetting(tx, secretFingerprintKey);
    tx.release();
  };

  test("the first start makes the file and notes its fingerprint; the next finds it", async () => {
    await fresh();

    const first = must(await openSecrets(database.pool, file));
    const second = must(await openSecrets(database.pool, file));

    expect(first.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(await findSecretFingerprint(database.pool)).toBe(first.fingerprint);
    expect(second.open("a", first.seal("a", "text"))).toBe("text");
  });

  test("a file that is there before the first start is taken", async () => {
    await fresh();
    await createKeyFile(file);
    const text = readFileSync(file, "utf8");

    must(await openSecrets(database.pool, file));

    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test("processes that start at once have one key; another machine is told to fetch it", async () => {
    await fresh();
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => openSecrets(database.pool, file)),
    );
    expect(new Set(opened.map((one) => must(one).fingerprint)).size).toBe(1);

    await fresh();
    const files = [1, 2, 3, 4].map((number) => path.join(folder, `machine${number}`, "secret.key"));
    const machines = await Promise.all(files.map((one) => openSecrets(database.pool, one)));
    expect(machines.filter((one) => one.ok)).toHaveLength(1);
    for (const one of machines.filter((one) => !one.ok)) {
      expect(one).toMatchObject({ refusal: { code: "secret_missing" } });
    }
    const left = await Promise.all(files.map((one) => readKeyFile(one)));
    expect(left.filter((one) => one.kind === "key")).toHaveLength(1);
  });

  test("a missing, another or a damaged file is refused in words and left as it is", async () => {
    await fresh();
    const { fingerprint } = must(await openSecrets(database.pool, file));

    rmSync(file);
    const missing = await openSecrets(database.pool, file);
    expect(missing).toMatchObject({ ok: false, refusal: { code: "secret_missing" } });
    expect(JSON.stringify(missing)).toContain(fingerprint);
    expect((await readKeyFile(file)).kind).toBe("missing");

    await createKeyFile(file);
    const text = readFileSync(file, "utf8");
    const other = await openSecrets(database.pool, file);
    expect(other).toMatchObject({ ok: false, refusal: { code: "secret_other" } });
    expect(readFileSync(file, "utf8")).toBe(text);

    writeFileSync(file, "rubbish");
    const damaged = await openSecrets(database.pool, file);
    expect(damaged).toMatchObject({ ok: false, refusal: { code: "secret_damaged" } });
  });
});
