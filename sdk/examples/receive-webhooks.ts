/**
 * Receives signed webhooks. `receive` takes a Request and gives a Response, as Bun, Deno and the
 * workers of content networks want it; below it stands what Node needs around it.
 *
 *     WEBHOOK_SECRETS="whsec_… whsec_…" PORT=8080 node receive-webhooks.ts
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import process from "node:process";
import { arrayBuffer } from "node:stream/consumers";
import { verifyWebhook, WebhookError } from "panelwright-sdk";

const secrets = (process.env["WEBHOOK_SECRETS"] ?? "").split(" ");
// In a real program a table: the same event may come again, also days later.
const dealtWith = new Set<string>();

async function receive(request: Request): Promise<Response> {
  // The bytes as they came: what was parsed and written again has another signature.
  const body = await request.arrayBuffer();
  try {
    const event = await verifyWebhook(secrets, request.headers, body);
    if (!dealtWith.has(event.id)) {
      dealtWith.add(event.id);
      console.log(`${event.type} ${JSON.stringify(event.data)}`);
    }
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    console.log(`not believed: ${error.fault}`);
    return new Response(null, { status: 400 });
  }
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const body = await arrayBuffer(incoming);
  const request = new Request("http://localhost/", { method: "POST", headers, body });
  const { status } = await receive(request);
  outgoing.writeHead(status).end();
}

const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy());
});
server.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1", () => {
  const address = server.address();
  console.log(`listening on ${typeof address === "object" ? address?.port : address}`);
});
