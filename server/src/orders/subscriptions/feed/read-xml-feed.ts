import { SaxesParser } from "saxes";
import type { SaxesTagNS } from "saxes";
import { cut } from "#values/text.ts";
import { entriesReadMax, entryOf } from "./entry.ts";
import type { FeedEntry } from "./entry.ts";

const elementsMax = 100_000;
const attributesMax = 200_000;
const depthMax = 100;
const textLengthMax = 16_384;
const stepLength = 65_536;
const problemsMax = 1000;
const cpuMsMax = 1000;

const xmlSpace = "http://www.w3.org/XML/1998/namespace";
const rdfSpace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const dublinCoreSpaces = new Set([
  "http://purl.org/dc/elements/1.1/",
  "http://purl.org/dc/elements/1.0/",
  "http://purl.org/dc/terms/",
]);
const atomSpaces = new Set([
  "http://www.w3.org/2005/Atom",
  "http://purl.org/atom/ns#",
  "https://www.w3.org/2005/Atom",
]);

/** The words of the two families, in order of preference. */
const rssDates = ["pubDate", "dc:date", "atom:published", "atom:updated"] as const;
const atomDates = ["published", "issued", "updated", "modified", "created"] as const;

/** Ends the parsing: what follows is not read. */
class Stop extends Error {
  override name = "Stop";
}

/**
 * The entries of an RSS or Atom document, `undefined` for one without a link; or why it is none.
 * Each element is read by its own name space, each address with the `xml:base` of its place. Never
 * throws. The document's own entities are not read: they could expand to any size.
 */
export function readXmlFeed(text: string, base: string): (FeedEntry | undefined)[] | string {
  if (!text.startsWith("<")) return "it is neither XML nor JSON";
  const parser = new SaxesParser({ xmlns: true, position: true });
  const reading = startReading(base);
  let problems = 0;
  parser.on("error", (error) => {
    // Feeds use both without declaring them. Neither changes what else is read.
    const isHarmless = /undefined entity|unbound namespace prefix/.test(error.message);
    if (isHarmless && ++problems <= problemsMax) return;
    const words = cut(error.message.replace(/^\d+:\d+:\s*/, ""), 200);
    throw new Stop(`the XML is broken in line ${parser.line}: ${words}`);
  });
  parser.on("doctype", (doctype) => {
    if (/<!ENTITY/i.test(doctype)) throw new Stop("it declares entities, which are not read");
  });
  parser.on("attribute", reading.countAttribute);
  parser.on("opentag", reading.open);
  parser.on("text", reading.text);
  parser.on("cdata", reading.text);
  parser.on("closetag", reading.close);
  const startedAt = process.cpuUsage();
  try {
    for (let at = 0; at < text.length; at += stepLength) {
      parser.write(text.slice(at, at + stepLength));
      const { user, system } = process.cpuUsage(startedAt);
      if (user + system > cpuMsMax * 1000) return "reading it takes too long";
    }
    parser.close();
  } catch (error) {
    return error instanceof Stop ? error.message : "the XML is not read";
  }
  return reading.entries() ?? "it is XML, but neither RSS nor Atom";
}

/** An open element, and what is read of it. */
type Place = {
  readonly local: string;
  readonly uri: string;
  /** Completes its addresses. */
  readonly base: string;
  /** The entry that it begins. */
  readonly entry?: Found;
  /** The field that its text belongs to. */
  readonly field?: Field;
};

type Field = { readonly of: Found; readonly name: string; text: string };

/** An entry, as far as it was read. */
type Found = {
  readonly family: "rss" | "atom";
  readonly uri: string;
  readonly texts: Map<string, string>;
  /** Its address as found, with the base that completes it. The lowest rank is the best. */
  link: { readonly text: string; readonly base: string; readonly rank: number } | undefined;
  isGuidNoLink: boolean;
  readonly about: string | undefined;
  readonly base: string;
};

/** Takes the parts of a document one by one, and keeps only its entries. */
function startReading(documentBase: string) {
  const entries: (FeedEntry | undefined)[] = [];
  const places: Place[] = [];
  let [elements, attributes, isFeed] = [0, 0, false];

  const open = (tag: SaxesTagNS) => {
    if (++elements > elementsMax) throw new Stop(`it has more than ${elementsMax} elements`);
    if (places.length >= depthMax) throw new Stop(`it is nested deeper than ${depthMax}`);
    const parent = places.at(-1);
    const { local, uri } = tag;
    const base = baseOf(tag, parent?.base ?? documentBase);
    if (parent === undefined) {
      isFeed = isRoot(tag);
      places.push({ local, uri, base });
      return;
    }
    const family = familyOf(tag, parent, places.length);
    if (family !== undefined) {
      const about = attributeOf(tag, "about", rdfSpace) ?? attributeOf(tag, "about", "");
      const texts = new Map<string, string>();
      const link = undefined;
      const entry: Found = { family, uri, texts, link, isGuidNoLink: false, about, base };
      places.push({ local, uri, base, entry });
      return;
    }
    const { entry } = parent;
    const name = entry === undefined ? undefined : wordOf(tag, entry);
    if (entry === undefined || name === undefined) {
      places.push({ local, uri, base });
      return;
    }
    if (name === "guid") {
      entry.isGuidNoLink = attributeOf(tag, "isPermaLink", "")?.toLowerCase() === "false";
    }
    if (name === "link" || name === "atom:link") takeLink(entry, tag, base);
    places.push({ local, uri, base, field: { of: entry, name, text: "" } });
  };

  const text = (part: string) => {
    const field = places.at(-1)?.field;
    if (field !== undefined && field.text.length < textLengthMax) field.text += part;
  };

  const close = () => {
    const place = places.pop();
    if (place?.field !== undefined) takeText(place.field, place.base);
    if (place?.entry === undefined) return;
    if (entries.length < entriesReadMax) entries.push(finished(place.entry));
  };

  return {
    open,
    text,
    close,
    countAttribute: () => {
      if (++attributes > attributesMax)
        throw new Stop(`it has more than ${attributesMax} attributes`);
    },
    /** `undefined` where the document is no feed. */
    entries: () => (isFeed ? entries : undefined),
  };
}

/** The root decides what the document is. Atom is also accepted without its name space. */
function isRoot({ local, uri }: SaxesTagNS): boolean {
  if (local === "rss") return true;
  if (local === "RDF") return uri === rdfSpace;
  return local === "feed" && (uri === "" || atomSpaces.has(uri));
}

/** What kind of entry an element begins, if it begins one. */
function familyOf(
  { local, uri, prefix }: SaxesTagNS,
  parent: Place,
  depth: number,
): "rss" | "atom" | undefined {
  if (local === "entry" && depth === 1 && parent.local === "feed" && uri === parent.uri) {
    return "atom";
  }
  if (local !== "item") return undefined;
  // In RSS 1.0 the items are siblings of the channel, in a name space other than the root's.
  if (parent.local === "RDF" && depth === 1) return uri === rdfSpace ? undefined : "rss";
  const isInside =
    (parent.local === "channel" && depth <= 2) || (parent.local === "rss" && depth === 1);
  const isOwn = uri === parent.uri && (uri !== "" || prefix === "");
  return isInside && isOwn ? "rss" : undefined;
}

/** The meaning of an element within an entry; `undefined` for elements unknown here. */
function wordOf({ local, uri, prefix }: SaxesTagNS, entry: Found): string | undefined {
  // A prefix that stands for nothing belongs to somebody else.
  if (uri === entry.uri && (uri !== "" || prefix === "")) return local;
  if (dublinCoreSpaces.has(uri)) return `dc:${local}`;
  return atomSpaces.has(uri) ? `atom:${local}` : undefined;
}

/** A link in attributes, as in Atom. Within RSS it ranks below RSS's own. */
function takeLink(entry: Found, tag: SaxesTagNS, base: string): void {
  const href = attributeOf(tag, "href", "")?.trim() ?? "";
  const rel = attributeOf(tag, "rel", "")?.trim().toLowerCase() ?? "alternate";
  const isOwn = rel === "alternate" || rel.endsWith("/relation/alternate");
  if (href === "" || !isOwn) return;
  const type = attributeOf(tag, "type", "")?.toLowerCase() ?? "text/html";
  const isPage = type.includes("html");
  offerLink(entry, { text: href, base, rank: isPage ? 1 : 2 });
}

function takeText({ of: entry, name, text }: Field, base: string): void {
  const trimmed = text.trim();
  if (trimmed === "") return;
  if (name === "link" && entry.family === "rss") offerLink(entry, { text: trimmed, base, rank: 0 });
  if (!entry.texts.has(name)) entry.texts.set(name, trimmed);
}

function offerLink(entry: Found, link: NonNullable<Found["link"]>): void {
  if (entry.link === undefined || link.rank < entry.link.rank) entry.link = link;
}

function finished({
  family,
  texts,
  link,
  isGuidNoLink,
  about,
  base,
}: Found): FeedEntry | undefined {
  const first = (names: readonly string[]) =>
    names.map((name) => texts.get(name)).find((text) => text !== undefined);
  if (family === "atom") {
    if (link === undefined) return undefined;
    return entryOf({ id: texts.get("id"), link: link.text, date: first(atomDates) }, link.base);
  }
  const id = texts.get("guid") ?? about;
  const found = link?.text ?? (isGuidNoLink ? undefined : id);
  if (found === undefined) return undefined;
  return entryOf({ id, link: found, date: first(rssDates) }, link?.base ?? base);
}

function baseOf(tag: SaxesTagNS, outer: string): string {
  const said = attributeOf(tag, "base", xmlSpace);
  const url = said === undefined ? null : URL.parse(said.trim(), outer);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : outer;
}

function attributeOf({ attributes }: SaxesTagNS, local: string, uri: string): string | undefined {
  return Object.values(attributes).find((each) => each.local === local && each.uri === uri)?.value;
}
