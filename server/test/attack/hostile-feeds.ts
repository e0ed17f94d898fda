/**
 * A server of feeds that are expensive to read: 4 MB of XML with 400,000 elements, each with a
 * different name. Tells its parent where it listens.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const elements = 400_000;
const feed = Buffer.from(
  `<rss><channel>${Array.from({ length: elements }, (_, n) => `<e${n}/>`).join("")}</channel></rss>`,
);

const server = createServer((_, response) => {
  response.writeHead(200, { "Content-Type": "application/rss+xml" });
  response.end(feed);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.once("disconnect", () => process.exit(0));
