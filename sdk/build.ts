/**
 * Makes what is published, into `dist` or the folder named on the command line: plain JavaScript
 * with declarations, and a package.json that points at them. The one in this folder points at the
 * source, which is what the repository itself works with; npm has no way to say both in one file.
 *
 *     npm run build -w panelwright-sdk && npm publish ./sdk/dist
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const here = import.meta.dirname;
const target = path.resolve(process.argv[2] ?? path.join(here, "dist"));

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const compiler = path.join(here, "../node_modules/typescript/bin/tsc");
const args = ["-p", path.join(here, "tsconfig.build.json"), "--outDir", target];
execFileSync(process.execPath, [compiler, ...args], { stdio: "inherit" });

// The compiler rewrites what scripts import, and leaves declarations as they are.
for (const name of readdirSync(target).filter((file) => file.endsWith(".d.ts"))) {
  const file = path.join(target, name);
  const declarations = readFileSync(file, "utf8");
  writeFileSync(file, declarations.replace(/(from "\.\/[^"]+)\.ts"/g, '$1.js"'));
}

const manifest: unknown = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));
const forUsHere = ["private", "scripts"];
const published = Object.entries(isObject(manifest) ? manifest : {}).filter(
  ([name]) => !forUsHere.includes(name),
);
const entry = { types: "./index.d.ts", default: "./index.js" };
const made = {
  ...Object.fromEntries(published),
  types: entry.types,
  exports: { ".": entry, "./package.json": "./package.json" },
  files: ["*.js", "*.d.ts"],
};
writeFileSync(path.join(target, "package.json"), `${JSON.stringify(made, undefined, 2)}\n`);
copyFileSync(path.join(here, "README.md"), path.join(target, "README.md"));
copyFileSync(path.join(here, "../LICENSE"), path.join(target, "LICENSE"));

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
