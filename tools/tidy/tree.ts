import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files of the repository, their paths relative to its root, with `/` between folders. */
export type Tree = {
  readonly files: readonly string[];
  readonly read: (file: string) => string;
};

const neverOurs = new Set([".git", "coverage", "data", "dist", "node_modules"]);

/** What git has or would add; outside of a git checkout, every file that is not made or installed. */
export function workingTree(root: string): Tree {
  const files = (filesOfGit(root) ?? filesUnder(root, "")).filter((file) => isFile(root, file));
  return { files: files.toSorted(), read: (file) => readFileSync(join(root, file), "utf8") };
}

function filesOfGit(root: string): string[] | undefined {
  // A checkout that belongs to another user is read like any other.
  const args = ["-c", "safe.directory=*", "ls-files", "-co", "-z", "--exclude-standard"];
  try {
    const output = execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 100_000_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const files = output.split("\0").filter((file) => file !== "");
    return files.length > 0 ? files : undefined;
  } catch {
    return undefined;
  }
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !neverOurs.has(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesUnder(root, path) : [path];
    });
}

function isFile(root: string, file: string): boolean {
  return statSync(join(root, file), { throwIfNoEntry: false })?.isFile() ?? false;
}
