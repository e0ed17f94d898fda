import { posix } from "node:path";
import { isTest } from "./code.ts";
import { field } from "./unknown.ts";
import type { Tree } from "./tree.ts";

/** A folder of code with more files than this needs a README. */
const filesWithoutReadme = 10;

const readmeHeadings = ["Words", "Owns", "Does not own", "Invariants"];

/** Folders in which people look for code. */
const inCode = /^(server\/src|server\/bench|sdk\/src|web\/src)\//;

/**
 * A folder of more than ten files says in its README what it decides and what always holds; so does every
 * other that has a README.
 */
export function readmesWithoutTheirParts(tree: Tree): string[] {
  const code = tree.files.filter(
    (file) => inCode.test(file) && /\.tsx?$/.test(file) && !isTest(file),
  );
  const folders = [...new Set(code.map((file) => posix.dirname(file)))].filter(
    (folder) => folder !== "server/src" && folder !== "web/src",
  );
  return folders.flatMap((folder) => {
    const readme = `${folder}/README.md`;
    const count = code.filter((file) => posix.dirname(file) === folder).length;
    if (!tree.files.includes(readme)) {
      return count > filesWithoutReadme ? [`${readme} is missing`] : [];
    }
    const headings = headingsOf(tree.read(readme));
    return readmeHeadings
      .filter((heading) => !headings.includes(heading))
      .map((heading) => `${readme} has no heading "${heading}"`);
  });
}

/** A file or folder that a README of code names exists: in its folder, in `server/src` or at the root. */
export function goneFromReadmes(tree: Tree): string[] {
  const paths = new Set(tree.files.flatMap((file) => [file, ...foldersOf(file)]));
  return tree.files
    .filter((file) => inCode.test(file) && file.endsWith("/README.md"))
    .flatMap((readme) =>
      [...tree.read(readme).matchAll(/`([\w./-]+(?:\.tsx?|\.sql|\/))`/g)]
        .map(([, name = ""]) => name.replace(/\/$/, ""))
        .filter((name) =>
          [posix.dirname(readme), "server/src", "web", "."].every(
            (base) => !paths.has(posix.join(base, name)),
          ),
        )
        .map((name) => `${readme} names ${name}, which is not there`),
    );
}

/** Every link to a file of the repository leads to one, and its anchor to a heading there. */
export function deadLinks(tree: Tree): string[] {
  const paths = new Set(tree.files.flatMap((file) => [file, ...foldersOf(file)]));
  return tree.files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      linksOf(tree.read(file))
        .filter((link) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(link))
        .filter((link) => !leadsSomewhere(tree, paths, file, link))
        .map((link) => `${file} links to ${link}, which is not there`),
    );
}

function leadsSomewhere(tree: Tree, paths: Set<string>, from: string, link: string): boolean {
  const [path = "", anchor = ""] = link.split("#");
  const base = path.startsWith("/") ? "." : posix.dirname(from);
  const target = path === "" ? from : posix.join(base, decodeURIComponent(path));
  const file = target.replace(/\/$/, "");
  if (file !== "." && !paths.has(file)) return false;
  if (anchor === "" || !file.endsWith(".md")) return true;
  return headingsOf(tree.read(file)).map(anchorOf).includes(anchor.toLowerCase());
}

/** The changelog begins with what is not released yet, so that every change has a place there. */
export function changelogWithoutUnreleased(tree: Tree): string[] {
  if (!tree.files.includes("CHANGELOG.md")) return ["CHANGELOG.md is missing"];
  const hasPart = headingsOf(tree.read("CHANGELOG.md")).some((heading) =>
    /^\[?Unreleased\]?/.test(heading),
  );
  return hasPart ? [] : ['CHANGELOG.md has no heading "Unreleased"'];
}

/** The licence is MIT, and every package says so. */
export function otherLicences(tree: Tree): string[] {
  const text = tree.files.includes("LICENSE") ? tree.read("LICENSE") : "";
  const grant = "Permission is hereby granted, free of charge, to any person obtaining a copy";
  const isMit = text.startsWith("MIT License") && text.replace(/\s+/g, " ").includes(grant);
  const packages = tree.files.filter((file) => /^([^/]+\/)?package\.json$/.test(file));
  return [
    ...(isMit ? [] : ["LICENSE is not the text of the MIT License"]),
    ...packages
      .filter((file) => field(JSON.parse(tree.read(file)), "license") !== "MIT")
      .map((file) => `${file} does not say "license": "MIT"`),
  ];
}

function headingsOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(
    ([, heading = ""]) => heading,
  );
}

function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, "");
  const inline = text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const references = text.matchAll(/^\[[^\]]+\]:\s+<?(\S+?)>?$/gm);
  const embedded = text.matchAll(/<(?:img|a)\s[^>]*?(?:src|href)="([^"]+)"/g);
  return [...inline, ...references, ...embedded].map(([, link = ""]) => link);
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^(\s*)(`{3,}|~{3,})[^]*?^\s*\2`*\s*$/gm, "");
}

/** The anchor that code hosts make of a heading. */
function anchorOf(heading: string): string {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}

function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}
