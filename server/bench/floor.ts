import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/**
 * The floor: a bare `node:http` handler that reads the same bodies and answers a constant. The
 * request's path says which: `/89` is 89 bytes, `/sample` the file named as argument (the clients'
 * work depends on what they read). Prints its address and runs until killed.
 */
const constants = new Map<string, Buffer>();
const [sample] = process.argv.slice(2);
if (sample !== undefined) constants.set("/sample", readFileSync(sample));

const server = createServer((request, response) => {
  const url = request.url ?? "/0";
  let constant = constants.get(url);
  if (constant === undefined) {
    constant = Buffer.alloc(Number(url.slice(1)), "x");
    constants.set(url, constant);
  }
  const body = constant;
  request.on("data", () => {});
  request.on("end", () => {
    response.writeHead(200, {
      "Content-Type": "application/json; charset=UTF-8",
      "Content-Length": body.length,
    });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) {
    process.stdout.write(`Listening on http://127.0.0.1:${address.port}\n`);
  }
});
