import { XMLParser, XMLValidator } from "fast-xml-parser";
import { entriesMax, entryOf } from "./entry.ts";
import type { FeedEntry } from "./entry.ts";

const depthMax = 60;

// Entities of the document's own are never expanded: what is behind them could be of any size. The
// five of XML and numbers are resolved here.
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  textNodeName: "#text",
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  maxNestedTags: depthMax,
});

type Node = Readonly<Record<string, unknown>>;

/** The entries of an RSS or Atom document, or why it is none. Never throws. */
export function readXmlFeed(text: string, base: string): FeedEntry[] | string {
  if (!text.startsWith("<")) return "it is neither XML nor JSON";
  if (/<!ENTITY/i.test(text)) return "it declares entities, which are not read";
  let document: unknown;
  try {
    const valid = XMLValidator.validate(text);
    if (valid !== true) return `the XML is broken in line ${valid.err.line}: ${valid.err.msg}`;
    document = parser.parse(text);
  } catch (error) {
    return `the XML is not read: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isNode(document)) return "it is no feed";
  const { rss, RDF: rdf, feed } = document;
  if (isNode(feed)) return nodesOf(feed["entry"]).flatMap((entry) => atomEntry(entry, base));
  // In RSS 1.0 the items stand beside the channel.
  const channel = isNode(rss) ? rss["channel"] : rdf;
  const items = nodesOf(channel).flatMap((each) => nodesOf(each["item"]));
  if (!isNode(rss) && !isNode(rdf)) return "it is XML, but neither RSS nor Atom";
  return items.slice(0, entriesMax).flatMap((item) => rssItem(item, base));
}

function rssItem(item: Node, base: string): FeedEntry[] {
  const guid = textOf(item["guid"]);
  const about = textOf(item["@about"]);
  const isNoLink = isNode(item["guid"]) && textOf(item["guid"]["@isPermaLink"]) === "false";
  const link = textOf(item["link"]) ?? (isNoLink ? undefined : (guid ?? about));
  if (link === undefined) return [];
  const date = textOf(item["pubDate"]) ?? textOf(item["date"]);
  const entry = entryOf({ id: guid ?? about, link, date }, base);
  return entry === undefined ? [] : [entry];
}

function atomEntry(entry: Node, base: string): FeedEntry[] {
  const links = nodesOf(entry["link"]);
  const own = links.find((link) => (textOf(link["@rel"]) ?? "alternate") === "alternate");
  const link = own && textOf(own["@href"]);
  if (link === undefined) return [];
  const date = textOf(entry["published"]) ?? textOf(entry["updated"]);
  const found = entryOf({ id: textOf(entry["id"]), link, date }, base);
  return found === undefined ? [] : [found];
}

/** A node, or all of several that have the same name. */
function nodesOf(value: unknown): Node[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.slice(0, entriesMax).filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a node or an attribute; of several the first. */
function textOf(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const text: unknown = isNode(one) ? one["#text"] : one;
  return typeof text === "string" ? resolved(text).trim() || undefined : undefined;
}

const named = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function resolved(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return named.get(name) ?? whole;
    const isHex = name[1] === "x" || name[1] === "X";
    const code = isHex ? Number(`0x${name.slice(2)}`) : Number(name.slice(1));
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}
