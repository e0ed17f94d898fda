type Header = (name: string) => string | undefined;

/**
 * Names the product that answered with a page only a browser gets past; `undefined` for everything
 * else. Recognises only what its maker documents as sent instead of passing the request on, and
 * nothing that a program behind it might send by itself: a mere 403, a "Just a moment" or a
 * maintenance page proves nothing.
 */
export function findChallenge(status: number, header: Header): string | undefined {
  const isPage = header("content-type")?.toLowerCase().startsWith("text/html") === true;
  // Cloudflare: "the cf-mitigated header present and set to challenge", always as text/html.
  if (status === 403 && isPage && header("cf-mitigated") === "challenge") return "Cloudflare";
  // AWS WAF: "blocks it from going to its intended destination", 202 or 405 with this header.
  const action = header("x-amzn-waf-action");
  if (status === 202 && action === "challenge") return "AWS WAF";
  if (status === 405 && action === "captcha") return "AWS WAF";
  return undefined;
}
