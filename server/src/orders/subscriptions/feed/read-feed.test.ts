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
    items: [{ id: "7\0\ud800", url: "https://anna.example/p/7" }, { id: "8" }, "junk", null],
  };
  expect(read(JSON.stringify(json))).toEqual([
    { id: "7\ufffd", link: "https://anna.example/p/7", publishedAt: undefined },
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

test("what is no feed is refused by its code, with the reason", () => {
  expect(readFeed("<html><body>Welcome</body></html>", base)).toEqual({
    ok: false,
    refusal: { code: "feed_unreadable", reason: expect.stringMatching(/./) },
  });
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

test("each address is completed by the xml:base of the place where it stands", () => {
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/">
    <entry xml:base="When/2026/"><id>1</id><link href="P2"/></entry>
    <entry><id>2</id><link xml:base="https://other.example/x/" href="P3"/></entry>
    <entry xml:base="javascript:alert(1)"><id>3</id><link href="P4"/></entry>
    <entry><id>4</id><link href="/P5"/></entry></feed>`;
  const links = (text: string) => {
    const found = read(text);
    return typeof found === "string" ? found : found.map(({ link }) => link);
  };
  expect(links(atom)).toEqual([
    "https://anna.example/blog/When/2026/P2",
    "https://other.example/x/P3",
    "https://anna.example/blog/P4",
    "https://anna.example/P5",
  ]);
  const rss = `<rss xml:base="https://b.example/1/"><channel xml:base="2/"><item><link>P</link></item>
    <item xml:base="3/"><guid isPermaLink="false">x</guid><link xml:base="4/">P</link></item>
    </channel></rss>`;
  expect(links(rss)).toEqual(["https://b.example/1/2/P", "https://b.example/1/2/3/4/P"]);
});

test("elements are taken for what they are, whoever else uses their names", () => {
  const rss = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
      xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel><atom:link rel="self" href="/feed"/>
    <item><atom:link rel="related" href="https://r.example/"/><media:link>https://m.example/</media:link>
      <odd:link>https://odd.example/</odd:link><media:group><link>https://g.example/</link></media:group>
      <link>https://anna.example/p/1</link><media:guid>m</media:guid><guid isPermaLink="false">1</guid>
      <dc:date>2026-11-02T10:00:00Z</dc:date></item>
    <item><atom:link rel="alternate" href="p/2"/><guid isPermaLink="false">2</guid>
      <pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item>
    <media:item><link>https://m.example/item</link></media:item>
    </channel></rss>`;
  expect(read(rss)).toEqual([
    { id: "1", link: "https://anna.example/p/1", publishedAt: Date.parse("2026-11-02T10:00:00Z") },
    { id: "2", link: "https://anna.example/p/2", publishedAt: Date.parse("2026-11-01T10:00:00Z") },
  ]);
  const prefixed = `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>1</a:id>
    <a:source><a:id>s</a:id><a:link href="https://s.example/"/></a:source>
    <a:link rel="alternate" type="application/json" href="p/1.json"/><a:link href="p/1"/>
    </a:entry><entry><id>no</id><link href="p/2"/></entry></a:feed>`;
  expect(read(prefixed)).toMatchObject([{ id: "1", link: "https://anna.example/p/1" }]);
});

test("entries without a usable link are left out and counted", () => {
  const skipped = (text: string) => {
    const feed = readFeed(text, base);
    return feed.ok ? [feed.value.entries.length, feed.value.skipped] : feed.refusal;
  };
  expect(skipped(rss2)).toEqual([3, 2]);
  expect(
    skipped("<rss><channel><item><link>https://a.example/\ufffd</link></item></channel></rss>"),
  ).toEqual([0, 1]);
  const version = "https://jsonfeed.org/version/1";
  expect(skipped(JSON.stringify({ version, items: [{ id: 1 }, null, { url: "/p" }] }))).toEqual([
    1, 2,
  ]);
});

test("what is too dear is stopped, and said so", () => {
  const many = "<a/>".repeat(100_001);
  expect(read(`<rss><channel>${many}</channel></rss>`)).toBe("it has more than 100000 elements");
  const wide = Array.from({ length: 200_001 }, (_, n) => `a${n}=""`).join(" ");
  expect(read(`<rss ${wide}/>`)).toBe("it has more than 200000 attributes");
  expect(read(`<rss>${"<a>".repeat(101)}`)).toBe("it is nested deeper than 100");
  expect(read(`{"a":${"[".repeat(101)}`)).toBe("it is nested deeper than 100");
  expect(read(`{"a":[${"1,".repeat(200_001)}1]}`)).toBe("it has more than 200000 parts");
  expect(read(`<rss><t>${"&x;".repeat(2000)}</t></rss>`)).toMatch(/undefined entity/);
  expect(
    read("<rss><channel><item><link>/p</link><t>&nbsp;&x;</t></item></channel></rss>"),
  ).toHaveLength(1);
});

test("what the bytes are goes before what is said of them", () => {
  const feed = (encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}"?><rss><channel><item>
     <link>https://anna.example/пост/é</link></item></channel></rss>`;
  const linkOf = (bytes: Buffer, contentType?: string) => {
    const found = read(decodeFeed(bytes, contentType));
    return typeof found === "string" ? found : decodeURI(found[0]?.link ?? "none");
  };
  const right = "https://anna.example/пост/é";
  const utf8 = (encoding: string) => Buffer.from(feed(encoding));
  for (const encoding of ["windows-1251", "iso-8859-1", "utf-16", "koi8-r", "shift_jis", "none"]) {
    expect([encoding, linkOf(utf8(encoding))]).toEqual([encoding, right]);
    expect(linkOf(utf8("utf-8"), `text/xml; charset=${encoding}`)).toBe(right);
  }
  const ascii = feed("utf-16").replace("пост/é", "post");
  expect(linkOf(Buffer.from(ascii))).toBe("https://anna.example/post");
  const mark = "\uFEFF";
  expect(linkOf(Buffer.from(mark + feed("windows-1251")))).toBe(right);
  expect(linkOf(Buffer.from(mark + feed("utf-8"), "utf16le"))).toBe(right);
  expect(linkOf(Buffer.from(feed("utf-8"), "utf16le"))).toBe(right);
  expect(linkOf(Buffer.from(mark + feed("utf-8"), "utf16le").swap16())).toBe(right);

  // "пост" in windows-1251, and in koi8-r; a title that was cut within a character of UTF-8.
  const cyrillic = (encoding: string, word: string) =>
    Buffer.concat([
      Buffer.from(`<?xml version="1.0" encoding="${encoding}"?><rss><channel><item>`),
      Buffer.from(`<link>https://anna.example/${word}</link></item></channel></rss>`, "latin1"),
    ]);
  const post = "https://anna.example/пост";
  expect(linkOf(cyrillic("windows-1251", "\u00ef\u00ee\u00f1\u00f2"))).toBe(post);
  expect(linkOf(cyrillic("utf-8", "\u00d0\u00cf\u00d3\u00d4"), "text/xml; charset=koi8-r")).toBe(
    post,
  );
  const cut = Buffer.concat([
    Buffer.from(`<rss><channel><item><title>${"заголовок ".repeat(5)}`),
    Buffer.from([0xd0]),
    Buffer.from("</title><link>https://anna.example/пост/é</link></item></channel></rss>"),
  ]);
  expect(linkOf(cut, "text/xml; charset=windows-1251")).toBe(right);
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
