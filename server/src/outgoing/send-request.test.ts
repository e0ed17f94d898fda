import { createServer as createHttpServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { isPublicAddress } from "./public-address.ts";
import { sendRequest } from "./send-request.ts";
import type { OutgoingRequest } from "./send-request.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that counts its requests; answers its address. */
async function serve(listener: RequestListener, make: () => Server = createHttpServer) {
  const server = make();
  let requests = 0;
  server.on("request", (request, response) => {
    requests++;
    listener(request, response);
  });
  await listen(server);
  return { url: `http://127.0.0.1:${portOf(server)}`, count: () => requests, server };
}

/** A server that knows nothing of HTTP; every connection goes to `talk`. */
async function serveRaw(talk: (socket: Socket) => void) {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    socket.on("error", () => {});
    talk(socket);
  });
  await listen(server);
  return { url: `http://127.0.0.1:${portOf(server)}`, count: () => connections };
}

async function listen(server: { listen(port: number, host: string): unknown; close(): unknown }) {
  const emitter = server as Server;
  emitter.listen(0, "127.0.0.1");
  await once(emitter, "listening");
  closing.push(() => {
    emitter.close();
    if ("closeAllConnections" in emitter) emitter.closeAllConnections();
  });
}

function portOf(server: unknown): number {
  return ((server as Server).address() as AddressInfo).port;
}

function post(url: string, more: Partial<OutgoingRequest> = {}) {
  return sendRequest({
    method: "POST",
    url,
    body: "key=secret",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    timeoutMs: 5_000,
    isPrivate: true,
    ...more,
  });
}

describe("an answer", () => {
  test.each([200, 400, 404, 429, 500, 503])(
    "with the status %d is passed on whole",
    async (status) => {
      const { url } = await serve((_request, response) => {
        response.writeHead(status, { "retry-after": "7" }).end("ä body");
      });

      expect(await post(url)).toEqual({
        kind: "answered",
        status,
        text: "ä body",
        contentType: undefined,
        retryAfterSeconds: 7,
      });
    },
  );

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const)("that is packed with %s is unpacked", async (encoding, pack) => {
    const { url } = await serve((_request, response) => {
      response.setHeader("content-encoding", encoding).end(pack("[1,2,3]"));
    });

    expect(await post(url)).toMatchObject({ kind: "answered", text: "[1,2,3]" });
  });

  test("a time to come back is read from a date by the server's clock", async () => {
    const { url } = await serve((_request, response) => {
      response.setHeader("date", "Fri, 01 Jan 2027 10:00:00 GMT");
      response.setHeader("retry-after", "Fri, 01 Jan 2027 10:01:30 GMT");
      response.end();
    });

    expect(await post(url)).toMatchObject({ retryAfterSeconds: 90 });
  });

  test("connections are used again, and the request is as it was given", async () => {
    const sockets = new Set<Socket>();
    const bodies: string[] = [];
    const { url } = await serve((request, response) => {
      sockets.add(request.socket);
      request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on("end", () => response.end("{}"));
    });

    for (let times = 0; times < 10; times++) {
      await post(url);
      // Until the connection is free again.
      await setImmediate();
    }

    expect(sockets.size).toBe(1);
    expect(new Set(bodies)).toEqual(new Set(["key=secret"]));
  });
});

describe("not sent, because nothing can have arrived", () => {
  test("a port where nobody listens", async () => {
    const { url, server } = await serve(() => {});
    server.close();
    await once(server, "close");

    expect(await post(url)).toEqual({
      kind: "not_sent",
      reason: expect.stringContaining("the connection was refused"),
    });
  });

  test("a name that does not exist", async () => {
    const reply = await post("http://nowhere.invalid/api");
    expect(reply).toMatchObject({ kind: "not_sent" });
    expect(reply).toMatchObject({ reason: expect.stringMatching(/host name/) });
  });

  test("TLS to a port that speaks plain HTTP, or nothing but noise", async () => {
    const plain = await serve((_request, response) => response.end());
    const noise = await serveRaw((socket) => socket.end("hello\r\n"));

    const first = await post(plain.url.replace("http:", "https:"));
    expect(first).toMatchObject({ kind: "not_sent" });
    expect(plain.count()).toBe(0);
    expect(await post(noise.url.replace("http:", "https:"))).toMatchObject({ kind: "not_sent" });
  });

  test("a connection that is cut while TLS is agreed on", async () => {
    const { url } = await serveRaw((socket) => socket.once("data", () => socket.destroy()));

    expect(await post(url.replace("http:", "https:"))).toMatchObject({ kind: "not_sent" });
  });

  test("a server that never agrees on TLS, at the time-out", async () => {
    const { url } = await serveRaw(() => {});
    const reply = await post(url.replace("http:", "https:"), { timeoutMs: 300 });
    expect(reply).toMatchObject({
      kind: "not_sent",
      reason: expect.stringContaining("time was up"),
    });
  });

  test.each(["ftp://example.com", "http://u:p@example.com/", "file:///etc/passwd", "nonsense"])(
    "%s",
    async (url) => {
      expect(await post(url)).toMatchObject({ kind: "not_sent" });
    },
  );
});

describe("unknown, because it may have arrived", () => {
  test("a connection that is reset before or after the request was read", async () => {
    const atOnce = await serveRaw((socket) => socket.resetAndDestroy());
    const afterReading = await serveRaw((socket) => {
      socket.once("data", () => socket.resetAndDestroy());
    });

    // Who resets before anything was read may still have read it: from here that cannot be told.
    expect((await post(atOnce.url)).kind).toMatch(/^(?:unknown|not_sent)$/);
    expect(await post(afterReading.url)).toMatchObject({ kind: "unknown" });
    expect(afterReading.count()).toBe(1);
  });

  test("a connection that is closed without an answer, and is not tried again", async () => {
    const { url, count } = await serveRaw((socket) => socket.once("data", () => socket.end()));

    expect(await post(url)).toMatchObject({ kind: "unknown" });
    expect(count()).toBe(1);
  });

  test("a kept connection that ends with the next request: it is not sent again by itself", async () => {
    let requests = 0;
    const { url, count } = await serveRaw((socket) => {
      socket.on("data", () => {
        requests++;
        if (requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        else socket.resetAndDestroy();
      });
    });

    expect(await post(url)).toMatchObject({ kind: "answered" });
    await setImmediate();
    expect(await post(url)).toMatchObject({ kind: "unknown" });
    expect({ requests, connections: count() }).toEqual({ requests: 2, connections: 1 });
  });

  test("an answer that comes after the time-out, or not to its end", async () => {
    const silent = await serve(() => {});
    const slow = await serve((_request, response) => {
      response.write("[");
      closing.push(() => response.destroy());
    });

    for (const { url, count } of [silent, slow]) {
      const startedAt = performance.now();
      const reply = await post(url, { timeoutMs: 300 });
      expect(reply).toMatchObject({ kind: "unknown" });
      expect(reply).toMatchObject({ reason: expect.stringContaining("time was up") });
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect(count()).toBe(1);
    }
  });

  test("a body that is cut off, with a length, in chunks, or packed", async () => {
    const packed = gzipSync("x".repeat(10_000));
    const heads = [
      ["content-length: 100", '{"order":1}'],
      ["transfer-encoding: chunked", 'b\r\n{"order":1}\r\n'],
      [`content-encoding: gzip\r\ncontent-length: 20`, packed.subarray(0, 20)],
    ] as const;
    for (const [head, body] of heads) {
      const { url } = await serveRaw((socket) => {
        socket.once("data", () => {
          socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`);
          socket.end(body);
        });
      });
      expect(await post(url)).toMatchObject({ kind: "unknown" });
    }
  });

  test("what is no HTTP, or packed in a way that nobody asked for", async () => {
    const noise = await serveRaw((socket) =>
      socket.once("data", () => socket.end("hello\r\n\r\n")),
    );
    const odd = await serve((_request, response) => {
      response.setHeader("content-encoding", "lzma").end(Buffer.from([0, 1, 2, 3]));
    });

    expect(await post(noise.url)).toMatchObject({ kind: "unknown" });
    expect(await post(odd.url)).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("cannot be unpacked"),
    });
  });

  test("a body without end is not read to its end, nor is one that unpacks to it", async () => {
    let written = 0;
    const endless = await serve((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, "x");
      const write = () => {
        while (!response.destroyed && written < 100 * 1024 * 1024) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", write);
        }
        response.end();
      };
      write();
    });
    const bomb = await serve((_request, response) => {
      response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    });

    for (const { url } of [endless, bomb]) {
      expect(await post(url)).toMatchObject({
        kind: "unknown",
        reason: expect.stringContaining("larger than is read"),
      });
    }
    expect(written).toBeLessThan(50 * 1024 * 1024);
  });
});

describe("certificates", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "panel-tls-"));
  const openssl = "openssl";
  const makeCertificate = () => {
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const subject = [
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ];
    execFileSync(
      openssl,
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        cert,
        ...subject,
      ],
      { stdio: "ignore" },
    );
    return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
  };
  const hasOpenssl = (() => {
    try {
      execFileSync(openssl, ["version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  })();

  test.skipIf(!hasOpenssl)(
    "one that nobody vouches for is refused whatever the environment says, and taken with NODE_EXTRA_CA_CERTS",
    async () => {
      const made = makeCertificate();
      const secure = () =>
        createHttpsServer({ key: made.key, cert: made.cert }) as unknown as Server;
      const { url, count } = await serve((_request, response) => response.end("{}"), secure);
      const address = url.replace("http:", "https:");

      const reply = await post(address);
      expect(reply).toMatchObject({
        kind: "not_sent",
        reason: expect.stringContaining("certificate"),
      });
      expect(count()).toBe(0);

      const program = `
        import { sendRequest } from ${JSON.stringify(path.join(import.meta.dirname, "send-request.ts"))};
        const reply = await sendRequest({ method: "GET", url: "${address}", timeoutMs: 5000, isPrivate: true });
        console.log(reply.kind);`;
      const ask = (env: Record<string, string>) =>
        import("node:child_process").then(
          ({ execFile }) =>
            new Promise<string>((resolve) => {
              const args = ["--input-type=module-typescript", "-e", program];
              const all = { PATH: process.env["PATH"] ?? "", ...env };
              execFile(process.execPath, args, { env: all }, (_error, stdout) =>
                resolve(stdout.trim()),
              );
            }),
        );
      expect(await ask({ NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toBe("not_sent");
      expect(await ask({ NODE_EXTRA_CA_CERTS: made.file })).toBe("answered");
      rmSync(folder, { recursive: true, force: true });
    },
  );
});

describe("redirects", () => {
  test("within the host are followed with method and body, three at most", async () => {
    const seen: string[] = [];
    const { url } = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        seen.push(`${request.method} ${request.url} ${body}`);
        if (request.url === "/api/v2/") response.end("{}");
        else response.writeHead(308, { location: `${request.url}/` }).end();
      });
    });

    expect(await post(`${url}/api/v2`)).toMatchObject({ kind: "answered", status: 200 });
    expect(seen).toEqual(["POST /api/v2 key=secret", "POST /api/v2/ key=secret"]);
  });

  test("in a circle end after the third", async () => {
    const { url, count } = await serve((_request, response) => {
      response.writeHead(301, { location: "/again" }).end();
    });

    expect(await post(url)).toMatchObject({ kind: "redirected", status: 301 });
    expect(count()).toBe(4);
  });

  test.each([
    ["http://localhost:1/api", 308],
    ["http://169.254.169.254/latest/meta-data", 301],
    ["https://other.example/api?key=secret", 307],
    ["//other.example/api", 302],
    ["/elsewhere", 302],
    ["/api/v2", 303],
  ])("to %s with %d are not followed, and said without the query", async (location, status) => {
    const { url, count } = await serve((_request, response) => {
      response.writeHead(status, { location }).end();
    });

    const reply = await post(`${url}/api/v2`);

    expect(reply).toMatchObject({ kind: "redirected", status });
    expect(JSON.stringify(reply)).not.toContain("secret");
    expect(count()).toBe(1);
  });

  test("from https to http and to another port of the host are not followed", async () => {
    const other = await serve((_request, response) => response.end("{}"));
    const { url } = await serve((_request, response) => {
      response.writeHead(308, { location: other.url }).end();
    });

    expect(await post(url)).toMatchObject({ kind: "redirected" });
    expect(other.count()).toBe(0);
  });
});

describe("addresses", () => {
  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://017700000001/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://10.1.2.3/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://localhost:1/",
  ])("%s is refused where the provider is not private", async (url) => {
    expect(await post(url, { isPrivate: false })).toMatchObject({
      kind: "not_sent",
      reason: expect.stringContaining("is not a public address"),
    });
  });

  test("a name that resolves inside is refused, and a server there hears nothing", async () => {
    const { url, count } = await serve((_request, response) => response.end("{}"));
    const named = url.replace("127.0.0.1", "localhost");

    expect(await post(named, { isPrivate: false })).toMatchObject({ kind: "not_sent" });
    expect(await post(named)).toMatchObject({ kind: "answered" });
    expect(count()).toBe(1);
  });

  test("ordinary addresses are public", () => {
    for (const address of ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"]) {
      expect(isPublicAddress(address)).toBe(true);
    }
    expect(isPublicAddress("example.com")).toBe(false);
  });
});
