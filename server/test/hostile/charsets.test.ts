import { beforeAll, expect, test } from "vitest";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { form, jsonBody, jsonOf, send } from "./send.ts";
import type { Heard, Sent } from "./send.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: ServiceId;
let comments: ServiceId;
let head: string;

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "1000" });
  service = await panel.addService();
  const more = { type: "Custom Comments", rate: amount("8"), min: 1, max: 100 };
  comments = await panel.addService({ name: "Comments", ...more });
  head = `key=${customer.key}&action=add&service=${service}&quantity=100`;
});

const ask = (sent: Sent) => send(panel.url, sent);
const formOf = (body: string | Buffer, type = "application/x-www-form-urlencoded"): Sent => ({
  headers: { "Content-Type": type },
  body,
});
const cyrillic = "application/x-www-form-urlencoded; charset=windows-1251";

async function known(heard: Heard): Promise<{ link: string; fields: unknown }> {
  const { order } = jsonOf(heard) as { order: number };
  const { rows } = await panel.ctx.db.query<{ link: string; fields: unknown }>(
    "select link, fields from orders where id = $1",
    [order],
  );
  return rows[0] ?? { link: "", fields: undefined };
}

/** Refused by the field's name, and nothing was ordered or charged. */
async function expectUnreadable(sent: Sent, field: string): Promise<void> {
  const counted = async () =>
    (await panel.ctx.db.query("select count(*) as orders, sum(charge) as charged from orders"))
      .rows;
  const before = await counted();
  const heard = await ask(sent);
  expect({
    status: heard.status,
    field: heard.headers["x-error-field"],
    body: jsonOf(heard),
  }).toEqual({
    status: 200,
    field,
    body: { error: expect.stringContaining(`Incorrect ${field}`) },
  });
  expect(await counted()).toEqual(before);
}

test("bytes that are no text are refused by the name of their field, however they come", async () => {
  const raw = (text: string) => Buffer.from(text, "latin1");
  const lone = (field: string) =>
    jsonBody(`{"key":"${customer.key}","action":"add","${field}":"x\\ud800"}`);
  const part = (name: string, value: string) =>
    `--x-1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const multipart = `${part("key", customer.key)}${part("action", "add")}`;
  await expectUnreadable(formOf(`${head}&link=%EF%F0%E8`), "link");
  await expectUnreadable(formOf(`${head}&link=a+b%EF%F0%E8`), "link");
  await expectUnreadable(formOf(raw(`${head}&link=\xef\xf0\xe8`)), "link");
  await expectUnreadable({ method: "GET", path: `/api/v2?${head}&link=%EF%F0%E8` }, "link");
  await expectUnreadable(formOf(`${head}&link=a&comments[]=b&comments[]=%E8`), "comments");
  await expectUnreadable(lone("link"), "link");
  await expectUnreadable(lone("comments"), "comments");
  await expectUnreadable(
    jsonBody(raw(`{"key":"${customer.key}","action":"add","link":"\xe8"}`)),
    "link",
  );
  await expectUnreadable(
    formOf(
      raw(`${multipart}${part("link", "\xef\xf0\xe8")}--x-1--\r\n`),
      "multipart/form-data; boundary=x-1",
    ),
    "link",
  );
});

test("every field of every action is refused by its name where it is no text", async () => {
  const fieldsOf: Readonly<Record<string, string>> = {
    add: "service link quantity runs interval comments usernames username hashtags hashtag media",
    "add ": "answer_number groups keywords country device min max posts old_posts delay expiry",
    "add  ": "request_id max_charge type_of_traffic google_keyword referring_url",
    status: "order orders",
    refill: "order orders current_count",
    refill_status: "refill refills",
    cancel: "order orders",
    cancel_status: "order orders cancel",
    orders: "since limit request_id",
    new_post: "order link id",
    changes: "since limit",
    add_product_order: "product quantity require request_id max_charge",
    product_order_status: "order orders",
    result_product: "order",
    claim_product_order: "order reason items quantity",
    product_claim_status: "claim claims",
  };
  for (const [action, fields] of Object.entries(fieldsOf)) {
    for (const field of fields.split(" ")) {
      const body = `key=${customer.key}&action=${action.trim()}&${field}=a%E0`;
      await expectUnreadable(formOf(body), field);
    }
  }
});

test("two request ids that differ in bytes that are no text are never taken for one", async () => {
  await expectUnreadable(formOf(`${head}&link=a&request_id=%E0%E1`), "request_id");
  await expectUnreadable(formOf(`${head}&link=a&request_id=%E2%E3`), "request_id");
  for (const bytes of ["\xe0\xe1", "\xe2\xe3", "\xef\xbf\xbd"]) {
    // Of a body of text Node would make the head UTF-8 as well.
    const sent = formOf(Buffer.from(`${head}&link=a`));
    await expectUnreadable(
      { ...sent, headers: { ...sent.headers, "Idempotency-Key": bytes } },
      "request_id",
    );
  }
});

test("the header Idempotency-Key and the field request_id are one, in UTF-8", async () => {
  const id = "заказ-7";
  const asField = await ask(formOf(`${head}&link=a&request_id=${encodeURIComponent(id)}`));
  const sent = formOf(Buffer.from(`${head}&link=a`));
  const bytes = Buffer.from(id).toString("latin1");
  const asHeader = await ask({ ...sent, headers: { ...sent.headers, "Idempotency-Key": bytes } });

  expect(jsonOf(asHeader)).toEqual(jsonOf(asField));
});

test("a request id with characters that nobody sees is refused", async () => {
  for (const sign of ["\u200b", "\u202e", "\ufeff", "\u00ad", "\u0085"]) {
    await expectUnreadable(
      form({
        key: customer.key,
        action: "add",
        service,
        link: "a",
        quantity: 100,
        request_id: `a${sign}b`,
      }),
      "request_id",
    );
  }
});

test("a declared charset is honoured, and what is UTF-8 is UTF-8 whatever is declared", async () => {
  const raw = Buffer.from(`${head}&link=\xef\xf0\xe8`, "latin1");
  for (const body of [`${head}&link=%EF%F0%E8`, raw]) {
    expect((await known(await ask(formOf(body, cyrillic)))).link).toBe("при");
  }
  expect(
    (await known(await ask(formOf(`${head}&link=${encodeURIComponent("при")}`, cyrillic)))).link,
  ).toBe("при");
  const latin = "application/x-www-form-urlencoded;charset=ISO-8859-1";
  expect((await known(await ask(formOf(`${head}&link=caf%E9+%2B`, latin)))).link).toBe("café +");
  const json = Buffer.from(
    `{"key":"${customer.key}","action":"add","service":${service},"quantity":100,"link":"\xef\xf0\xe8"}`,
    "latin1",
  );
  expect((await known(await ask(formOf(json, "application/json; charset=cp1251")))).link).toBe(
    "при",
  );
  const list = `key=${customer.key}&action=add&service=${comments}&link=a&comments=%EF%F0%E8%0D%0A%E8`;
  expect((await known(await ask(formOf(list, cyrillic)))).fields).toEqual({
    comments: ["при", "и"],
  });
});

test("a multipart's part is read in the charset that it declares", async () => {
  const pairs = { key: customer.key, action: "add", service, quantity: 100, link: "\xef\xf0\xe8" };
  const parts = Object.entries(pairs).map(
    ([name, value]) =>
      `--x-1\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n${value}\r\n`,
  );
  const body = Buffer.from(`${parts.join("")}--x-1--\r\n`, "latin1");

  const heard = await ask(formOf(body, "multipart/form-data; boundary=x-1"));

  expect((await known(heard)).link).toBe("при");
});

test("a charset that nobody knows, or that cannot be, is as if none were declared", async () => {
  for (const charset of ["no-such", "utf-16", "utf8", '"UTF-8"', ""]) {
    const type = `application/x-www-form-urlencoded; charset=${charset}`;
    const heard = await ask(formOf(`${head}&link=${encodeURIComponent("при")}`, type));
    expect((await known(heard)).link, charset).toBe("при");
    await expectUnreadable(formOf(`${head}&link=%FF%FE%41`, type), "link");
  }
});

test("UTF-16 is read where it says so", async () => {
  const text = `{"key":"${customer.key}","action":"add","service":${service},"quantity":100,"link":"при"}`;
  const bytes = Buffer.from(text, "utf16le");
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]);

  expect((await known(await ask(jsonBody(marked)))).link).toBe("при");
  expect((await known(await ask(formOf(bytes, "application/json; charset=utf-16")))).link).toBe(
    "при",
  );
});

test("emoji of several signs and text of both directions arrive as they were sent", async () => {
  const lines = ["👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "שלום\u200f abc \u202babc\u202c", "می‌خواهم", "e\u0301 é"];
  const fields = { key: customer.key, action: "add", service: comments, link: "a" };

  for (const sent of [
    form({ ...fields, comments: lines.join("\n") }),
    jsonBody({ ...fields, comments: lines }),
  ]) {
    expect((await known(await ask(sent))).fields).toEqual({ comments: lines });
  }
});

test("a field that nobody reads may be of any bytes", async () => {
  const heard = await ask(formOf(`${head}&link=a&submit=%CE%F2&%EF=1`));

  expect(jsonOf(heard)).toEqual({ order: expect.any(Number) });
});
