import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hideSecrets } from "./hide-secrets.ts";

const secret = "s3cr3t-Value9";
const base64 = (text: string) => Buffer.from(text).toString("base64");

const written = (fields: Readonly<Record<string, unknown>>) => JSON.stringify(hideSecrets(fields));

function databaseError(): Error {
  return Object.assign(new Error(`invalid input syntax for type bigint: "${secret}"`), {
    severity: "ERROR",
    code: "22P02",
    detail: `Key (email)=(${secret}) already exists.`,
    where: `unnamed portal parameter $1 = '${secret}'`,
    parameters: [secret],
    internalQuery: secret,
    table: "orders",
  });
}

describe("a secret is not in the line", () => {
  const nested = JSON.stringify({ outer: JSON.stringify({ key: secret, next: 1 }) });
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["three floors down", { a: { b: { key: secret } } }],
    ["in lists", { list: [[{ api_key: secret }], { key: secret }] }],
    ["in camel case", { providerKey: secret, sealedKey: secret, connectionString: secret }],
    ["in snake, kebab and upper case", { api_key: secret, "x-api-key": secret, API_KEY: secret }],
    ["in headers", { headers: { authorization: `Bearer ${secret}`, cookie: secret } }],
    ["in raw headers", { rawHeaders: ["Host", "a", "Authorization", secret] }],
    ["in a map", { headers: new Map([["X-Api-Key", secret]]) }],
    ["in an address", { url: `https://a.example/${secret}` }],
    ["in the query of an address", { text: `GET /api/v2?action=balance&key=${secret} HTTP/1.1` }],
    ["in another query", { text: `https://a.example/?api_key=${secret}#x` }],
    ["in the user of an address", { text: `postgres://panel:${secret}@db.example/panel` }],
    ["in an object that is an address", { at: new URL(`https://u:${secret}@a.example/`) }],
    ["in JSON", { text: JSON.stringify({ key: secret, action: "add" }) }],
    ["in JSON with a quotation mark", { text: JSON.stringify({ key: `"${secret}"`, a: 1 }) }],
    ["in JSON inside JSON", { text: nested }],
    ["in JSON inside JSON inside JSON", { text: JSON.stringify(nested) }],
    ["in a form", { text: `action=add&key=${secret}&link=a` }],
    ["in a form of lists", { text: `key[]=${secret}&a=b` }],
    ["in a part of a body", { text: `form-data; name="key"\r\n\r\n${secret}\r\n--x` }],
    ["in XML", { text: `<api_key>${secret}</api_key>` }],
    ["in a dump of PHP", { text: `['key' => '${secret}']` }],
    ["in a header's line", { text: `X-Api-Key: ${secret}\r\nHost: a` }],
    ["percent-encoded", { text: encodeURIComponent(`key=${secret}&a=b`) }],
    ["percent-encoded JSON", { text: encodeURIComponent(JSON.stringify({ key: secret })) }],
    ["encoded twice", { text: encodeURIComponent(encodeURIComponent(`key=${secret}&a=b`)) }],
    ["in base64", { text: `body ${base64(`key=${secret}&action=add`)}` }],
    ["in basic authorization", { text: `Basic ${base64(`panel:${secret}`)}` }],
    ["in basic authorization without its name", { text: base64(`panel:${secret}`) }],
    ["in an error's message", { error: new Error(`key=${secret} was refused`) }],
    ["in an error's cause", { error: new Error("a", { cause: new Error(`key: ${secret}`) }) }],
    ["in fields of an error", { error: Object.assign(new Error("a"), { request: { secret } }) }],
    ["in what the database adds to an error", { error: databaseError() }],
    ["in a cause that the database wrote", { error: new Error("a", { cause: databaseError() }) }],
    ["in several errors", { error: new AggregateError([databaseError()], "all failed") }],
    ["under another name, known from its own", { key: secret, reason: `no such key ${secret}` }],
    ["elsewhere in base64", { key: secret, reason: base64(`no such user ${secret}`) }],
    ["elsewhere percent-encoded", { token: "a/b c&d=é!", reason: "a%2Fb%20c%26d%3D%C3%A9!" }],
  ])("%s", (_, fields) => {
    const line = written(fields);

    expect(line).not.toContain(secret);
    expect(line).not.toContain(base64(secret).slice(0, 12));
    expect(line).not.toContain("a%2Fb");
  });

  test("a key of a panel is known by its looks alone, and so is its hash", () => {
    const key = "0123456789abcdef0123456789abcdef";

    expect(written({ text: `what is ${key}?`, other: key + key })).not.toContain("0123456789");
  });

  test("any secret under any depth of fields and JSON", () => {
    const secrets = fc.stringMatching(/^[A-Za-z0-9_.~+/-]{8,40}$/);
    const names = fc.constantFrom("key", "apiKey", "X-API-KEY", "password", "client_secret");
    fc.assert(
      fc.property(secrets, names, fc.nat(4), (value, name, floors) => {
        let packed: Record<string, unknown> = { [name]: value };
        for (let floor = 0; floor < floors; floor++) {
          packed = floor % 2 === 0 ? { text: JSON.stringify(packed) } : { deeper: [packed] };
        }
        expect(written(packed)).not.toContain(value);
      }),
    );
  });
});

describe("everything else stays", () => {
  test("fields that say what happened", () => {
    const fields = {
      lane: "send 3",
      orderId: 5,
      provider: 7,
      reason: "The monkey keyboard is out of stock",
      kind: "unknown",
      since: new Date(0),
      ok: true,
      nothing: undefined,
    };

    expect(hideSecrets(fields)).toEqual({ ...fields, since: "1970-01-01T00:00:00.000Z" });
  });

  test("what an error is, where it came from, and which constraint was broken", () => {
    const error = Object.assign(databaseError(), { constraint: "orders_requests" });

    expect(hideSecrets({ error })).toMatchObject({
      error: {
        type: "Error",
        code: "22P02",
        table: "orders",
        constraint: "orders_requests",
        message: "invalid input syntax for type bigint: (hidden)",
        stack: expect.stringContaining("hide-secrets.test.ts"),
      },
    });
  });

  test("what turns in a circle, or is far too large, ends", () => {
    const circle: Record<string, unknown> = { name: "a" };
    circle["self"] = circle;
    const long = { text: "-".repeat(1_000_000), list: Array.from({ length: 10_000 }, () => 1) };

    expect(written({ circle })).toContain("(deeper)");
    expect(written(long)).toContain("----");
    expect(written(long).length).toBeLessThan(20_000);
  });
});
