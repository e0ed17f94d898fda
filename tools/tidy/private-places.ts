import { posix } from "node:path";
import { readSource } from "./source.ts";
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

/** The one file that names what lies beside the repository, and goes on without it. */
const knowsOutside = "server/test/real-lists.ts";

/** No path leads out of the repository: with the repository alone, one has everything it needs. */
export function pathsOutside(tree: Tree): string[] {
  return (
    tree.files
      .filter((file) => /^(server|web|sdk|contract|tools)\/.*\.(tsx?|mjs)$/.test(file))
      // Few files have a way up at all: the others need not be parsed.
      .filter((file) => file !== knowsOutside && tree.read(file).includes("../"))
      .flatMap((file) =>
        readSource(file, tree.read(file))
          .texts.filter(({ text }) => text.startsWith("../"))
          .filter(({ text }) => posix.join(posix.dirname(file), text).startsWith("../"))
          .map(({ line }) => `${file}:${line} leads out of the repository`),
      )
  );
}
