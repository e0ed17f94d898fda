import type { Tree } from "./tree.ts";

/** Written in parts, so that this file does not name what it looks for. */
const machinePaths = [
  ["", "work", ""],
  ["", "tmp", "brief"],
].map((parts) => parts.join("/"));

const registryWords = ["registry", "artifactory", "codeartifact", "jfrog", "nexus", "verdaccio"];
const registryUrl = new RegExp(String.raw`https?://[^\s"'\`/]*(?:${registryWords.join("|")})`, "i");

/**
 * No file says where somebody's machine keeps things or from where it installs: it would mean
 * nothing to anybody else. The host of this machine's own registry is known from npm.
 */
export function privatePlaces(tree: Tree, env: NodeJS.ProcessEnv): string[] {
  const registry = env["npm_config_registry"] ?? "";
  const hosts = URL.canParse(registry) ? [new URL(registry).host] : [];
  return tree.files
    .filter((file) => !/\.(png|jpe?g|gif|ico|webp|woff2?|gz|br)$/.test(file))
    .flatMap((file) => {
      const text = tree.read(file);
      const hasPath = machinePaths.some((path) =>
        new RegExp(`(?:^|[^\\w.~-])${path}`, "m").test(text),
      );
      const hasRegistry = registryUrl.test(text) || hosts.some((host) => text.includes(host));
      return [
        ...(hasPath ? [`${file} names a path of one machine`] : []),
        ...(hasRegistry ? [`${file} names a package registry`] : []),
      ];
    });
}
