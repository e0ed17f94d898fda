import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFeed } from "./decode-feed.ts";
import { readFeed } from "./read-feed.ts";

const base = "https://anna.example/feed";
const read = (text: string) => {
  const feed = readFeed(text, base);
  return feed.ok ? feed.value.entries : feed.refusal.reason;
};

const rss2 = `<?xml version="1.0"?>
<rss version="2.0"><channel><title>Anna</title><link>https://anna.example/</link>
<item><title>One</title><link>https://anna.example/p/1?a=1&amp;b=2</link>
  <guid isPermaLink="false">post-1</guid><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title><![CDATA[Two <b>]]></title><link><![CDATA[https://anna.example/p/2]]></link>
  <guid>https://anna.example/p/2</guid><pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>no link, only a guid that is one</title>
  <guid>https://anna.example/p/3</guid><pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>nothing usable</title><guid isPermaLink="false">x</guid></item>
<item><link>javascript:alert(1)</link></item>
</channel></rss>`;

test("RSS 2.0: newest first, ids before links, entities and CDATA resolved", () => {
  expect(read(rss2)).toEqual([
    {
      id: "https://anna.example/p/2",
      link: "https://anna.example/p/2",
      publishedAt: Date.parse("2026-11-03T10:00:00Z"),
    },
    {
      id: "post-1",
      link: "https://anna.example/p/1?a=1&b=2",
      publishedAt: Date.parse("2026-11-02T10:00:00Z"),
    },
    {
      id: "https://anna.example/p/3",
      link: "https://anna.example/p/3",
      publishedAt: Date.parse("2026-11-01T10:00:00Z"),
    },
  ]);
});

test("RSS 1.0: items beside the channel", () => {
  const rss1 = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://anna.example/"><title>A</title></channel>
    <item rdf:about="https://anna.example/p/1"><link>https://anna.example/p/1</link>
      <dc:date>2026-11-02T10:00:00Z</dc:date></item></rdf:RDF>`;
  expect(read(rss1)).toEqual([
    {
      id: "https://anna.example/p/1",
      link: "https://anna.example/p/1",
      publishedAt: Date.parse("2026-11-02T10:00:00Z"),
    },
  ]);
});

test("Atom: the alternate link, relative ones completed, ids kept", () => {
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>
    <entry><id>tag:anna,2026:2</id><link rel="edit" href="/edit/2"/><link href="/p/2"/>
      <updated>2026-11-03T10:00:00Z</updated></entry>
    <entry><id>tag:anna,2026:1</id><link rel="alternate" href="https://anna.example/p/1"/>
      <published>2026-11-01T10:00:00Z</published><updated>2026-11-09T10:00:00Z</updated></entry>
    <entry><id>tag:anna,2026:0</id></entry></feed>`;
  expect(read(atom)).toMatchObject([
    { id: "tag:anna,2026:2", link: "https://anna.example/p/2" },
    { id: "tag:anna,2026:1", publishedAt: Date.parse("2026-11-01T10:00:00Z") },
  ]);
});

test("JSON Feed: numbers as ids too", () => {
  const json = {
    version: "https://jsonfeed.org/version/1.1",
    title: "A",
    items: [{ id: 7, url: "https://anna.example/p/7" }, { id: "8" }, "junk", null],
  };
  expect(read(JSON.stringify(json))).toEqual([
    { id: "7", link: "https://anna.example/p/7", publishedAt: undefined },
  ]);
});

test("what is no feed is said to be none, in words", () => {
  expect(read("")).toMatch(/neither/);
  expect(read("<html><body><p>hello</p></body></html>")).toMatch(/neither RSS nor Atom/);
  expect(read("<rss><channel><item></channel></rss>")).toMatch(/broken/);
  expect(read('{"a":1}')).toMatch(/no JSON Feed/);
  expect(read("{")).toMatch(/no JSON/);
  expect(read('{"version":"https://jsonfeed.org/version/1"}')).toMatch(/no items/);
  expect(read("<rss version='2.0'></rss>")).toEqual([]);
});

test("a billion laughs, deep nesting and outside entities are refused at once", () => {
  const laughs = `<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <rss><channel><item><link>https://a.example/&b;</link></item></channel></rss>`;
  const outside = `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>`;
  const deep = `<rss>${"<a>".repeat(200_000)}${"</a>".repeat(200_000)}</rss>`;
  const startedAt = performance.now();
  expect(read(laughs)).toMatch(/declares entities/);
  expect(read(outside)).toMatch(/declares entities/);
  expect(typeof read(deep)).toBe("string");
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

test("names that mean something to JavaScript do no harm", () => {
  const odd = `<rss><channel><item><__proto__>x</__proto__><constructor>y</constructor>
    <link>https://a.example/1</link></item></channel></rss>`;
  const found = read(odd);
  expect(typeof found === "string" || found.length === 1).toBe(true);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test("the encoding is taken from the mark, the server or the declaration", () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>';
  expect(decodeFeed(Buffer.from(text, "latin1"), "text/xml")).toContain("é");
  expect(decodeFeed(Buffer.from("é"), "text/xml; charset=utf-8")).toBe("é");
  expect(decodeFeed(Buffer.from("\uFEFFé", "utf16le"), undefined)).toContain("é");
  expect(decodeFeed(Buffer.from("é"), "text/xml; charset=no-such")).toBe("é");
});

test("nothing that a server can send makes the reader throw", () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((raw) => Buffer.from(raw).toString("latin1"));
  const cut = fc.nat(rss2.length).map((length) => rss2.slice(0, length));
  const json = fc
    .json()
    .map((value) => `{"version":"https://jsonfeed.org/version/1","items":${value}}`);
  fc.assert(
    fc.property(fc.oneof(bytes, cut, json, fc.string()), (text) => {
      readFeed(text, base);
      readFeed(`<rss><channel><item>${text}</item></channel></rss>`, base);
    }),
    { numRuns: 2000 },
  );
});
