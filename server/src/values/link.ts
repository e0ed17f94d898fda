import { hasControlCharacters, isText } from "./text.ts";

/** The longest link that is taken, in UTF-16 code units. */
export const linkLengthMax = 2048;

/**
 * The text that an order acts on, without invisible characters. Resellers send addresses, but also
 * bare names and ids, so only what no provider could read is refused: nothing, too much, control
 * characters, no text, or an address that is neither http nor https.
 */
export function parseLink(text: string): string | undefined {
  if (plainAddress.test(text)) return text.length > linkLengthMax ? undefined : text;
  const link = withoutUnseen(text).trim();
  const isGood = link !== "" && link.length <= linkLengthMax && isText(link);
  return isGood && !hasControlCharacters(link) && !hasForeignScheme(link) ? link : undefined;
}

const plainAddress = /^https?:\/\/[!-~]+$/i;

/**
 * Removes invisible characters that could make one text look like two: direction marks, joiners,
 * soft hyphens, fillers. Emoji selectors stay: they are part of the addresses that have them.
 */
export function withoutUnseen(text: string): string {
  return ascii.test(text)
    ? text
    : text.replaceAll(/[\p{Cf}\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0]/gu, "");
}

const ascii = /^[\t\n\r -~]*$/;

/**
 * True for a text that a browser or a phone takes for an address of another kind, such as
 * `javascript:` or `tg://`, however it is written. A number after a word is an id (`UID:12345`), or
 * the port after a host; text after a word and a blank is text. Spotify's own ids are known.
 */
function hasForeignScheme(link: string): boolean {
  return spellings(link).some((said) => {
    const dense = said.replaceAll(/[\s\p{Cc}]/gu, "").toLowerCase();
    if (/^https?:/.test(dense)) return false;
    if (running.test(dense) || running.test(said)) return true;
    if (foreign.has(/^([a-z][a-z0-9+.-]*):/.exec(dense)?.[1] ?? "")) return true;
    const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(said.trim()) ?? [];
    if (scheme === "" || (/^spotify$/i.test(scheme) && spotifyId.test(rest))) return false;
    return rest.startsWith("//") || !/^[0-9\s]/.test(rest);
  });
}

const running = /(?:^|[^a-z])(?:javascript|vbscript|livescript|jscript)\s*:/i;
const spotifyId = /^(?:track|album|artist|playlist|show|episode|user):[\w:.%-]+$/i;
const foreign: ReadonlySet<string> = new Set(
  (
    "about blob chrome content data facetime feed file filesystem ftp intent jar ldap mailto market " +
    "mhtml ms-settings news nntp resource res sip sms ssh tel telnet urn view-source ws wss"
  ).split(" "),
);

/** The text, and what it becomes when it is decoded as often as a provider might decode it. */
function spellings(text: string): string[] {
  if (!/[%&]|[^ -~]/.test(text)) return [text];
  const found = [text];
  let said = text.normalize("NFKC");
  for (let turn = 0; turn < 3; turn++) {
    found.push(said);
    const next = decodedOnce(said);
    if (next === said) break;
    said = next;
  }
  return found;
}

function decodedOnce(text: string): string {
  return withoutUnseen(
    text
      .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
        try {
          return decodeURIComponent(run);
        } catch {
          return run;
        }
      })
      .replaceAll(
        /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?/gi,
        (whole, hex: string, digits: string) => {
          const code = hex === undefined ? Number(digits) : Number(`0x${hex}`);
          return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
        },
      )
      .replaceAll(/&colon;?/gi, ":")
      .replaceAll(/&(?:tab|newline);?/gi, " "),
  ).normalize("NFKC");
}
