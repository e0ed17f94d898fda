import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { verifyWebhook, WebhookError } from "panelwright-sdk";

const secret = `whsec_${randomBytes(24).toString("base64")}`;
const otherSecret = `whsec_${randomBytes(24).toString("base64")}`;
const sentAt = 1_772_000_000;
const now = () => sentAt * 1000;
const body = JSON.stringify({
  type: "order.updated",
  timestamp: "2026-02-25T06:13:20.000Z",
  data: { order: 23501, link: "https://example.com/ü" },
});

function sign(key: string, { id = "evt_1", timestamp = String(sentAt), text = body } = {}) {
  const bytes = Buffer.from(key.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", bytes).update(`${id}.${timestamp}.${text}`).digest("base64")}`;
}

function headersOf(signature: string, id = "evt_1", timestamp = String(sentAt)) {
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
}

async function faultOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.catch((caught: unknown) => caught);
  if (!(error instanceof WebhookError)) throw new Error(`no WebhookError: ${String(error)}`);
  return error.fault;
}

test("the sample of the specification is right", async () => {
  const event = await verifyWebhook(
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    headersOf(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "1614265330",
    ),
    '{"test": 2432232314}',
    { now: () => 1_614_265_330_000 },
  );

  expect(event.id).toBe("msg_p5jXN8AQM9LWM0D4loKWxJek");
});

describe("a signed webhook", () => {
  test("gives its event", async () => {
    const event = await verifyWebhook(secret, headersOf(sign(secret)), body, { now });

    expect(event).toEqual({
      id: "evt_1",
      sentAt: new Date(sentAt * 1000),
      type: "order.updated",
      at: "2026-02-25T06:13:20.000Z",
      data: { order: 23501, link: "https://example.com/ü" },
    });
  });

  test("is read from any kind of headers and body", async () => {
    const headers = headersOf(sign(secret));
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]),
    );
    const bytes = new TextEncoder().encode(body);

    for (const form of [headers, upper, new Headers(headers)]) {
      for (const content of [body, bytes, bytes.buffer]) {
        expect((await verifyWebhook(secret, form, content, { now })).id).toBe("evt_1");
      }
    }
  });

  test("is right when any of several signatures and any of several secrets is", async () => {
    const several = `v1a,x ${sign(otherSecret)} v1,%% ${sign(secret)}`;

    expect((await verifyWebhook([secret], headersOf(several), body, { now })).id).toBe("evt_1");
    const rotated = [otherSecret, secret];
    const headers = headersOf(sign(secret));
    expect((await verifyWebhook(rotated, headers, body, { now })).id).toBe("evt_1");
  });

  test.each([299, 300])("may be %i seconds old, or that much ahead", async (seconds) => {
    const headers = headersOf(sign(secret));

    for (const direction of [1, -1]) {
      const shifted = () => (sentAt + direction * seconds) * 1000;
      expect((await verifyWebhook(secret, headers, body, { now: shifted })).id).toBe("evt_1");
    }
  });
});

describe("a webhook is not believed", () => {
  const signed = headersOf(sign(secret));

  test.each([
    ["with another body", signed, `${body} `],
    ["with another id", { ...signed, "webhook-id": "evt_2" }, body],
    ["with another time", { ...signed, "webhook-timestamp": String(sentAt + 1) }, body],
    ["signed with another secret", headersOf(sign(otherSecret)), body],
    ["with a signature of another version", headersOf(sign(secret).replace("v1,", "v2,")), body],
    ["with a signature that was cut", headersOf(sign(secret).slice(0, -8)), body],
    ["with an empty signature", headersOf("v1,"), body],
  ])("%s", async (_, headers, text) => {
    expect(await faultOf(verifyWebhook(secret, headers, text, { now }))).toBe("signature_wrong");
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])(
    "without %s",
    async (name) => {
      const headers = { ...signed, [name]: undefined };

      expect(await faultOf(verifyWebhook(secret, headers, body, { now }))).toBe("header_missing");
    },
  );

  test.each([
    ["too_old", 301],
    ["too_new", -301],
  ])("that is %s", async (fault, seconds) => {
    const shifted = () => (sentAt + seconds) * 1000;

    expect(await faultOf(verifyWebhook(secret, signed, body, { now: shifted }))).toBe(fault);
  });

  test("that is too old for a shorter patience", async () => {
    const shifted = () => (sentAt + 11) * 1000;
    const options = { now: shifted, toleranceSeconds: 10 };

    expect(await faultOf(verifyWebhook(secret, signed, body, options))).toBe("too_old");
  });

  test.each(["", "soon", "1772000000.5", "-1", "1e9", " 1772000000"])(
    "with the time %j",
    async (timestamp) => {
      const headers = headersOf(sign(secret, { timestamp }), "evt_1", timestamp);
      const fault = await faultOf(verifyWebhook(secret, headers, body, { now }));
      expect(["timestamp_invalid", "header_missing"]).toContain(fault);
    },
  );

  test("that is signed and no object", async () => {
    const headers = headersOf(sign(secret, { text: "[1]" }));

    expect(await faultOf(verifyWebhook(secret, headers, "[1]", { now }))).toBe("body_unreadable");
  });

  test("by a program with a secret that is none", async () => {
    await expect(verifyWebhook("whsec_", signed, body, { now })).rejects.toThrow(TypeError);
    await expect(verifyWebhook("whsec_*", signed, body, { now })).rejects.toThrow(TypeError);
  });

  test("by a program without any secret", async () => {
    expect(await faultOf(verifyWebhook([], signed, body, { now }))).toBe("signature_wrong");
  });
});
