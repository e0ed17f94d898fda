import type { Tree } from "./tree.ts";

const physicalCss = [
  /(?:^|[\s;{"'])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b/,
  /(?:^|[\s;{])(?:left|right)\s*:/,
  /\bborder-(?:top|bottom)-(?:left|right)-radius\b/,
  /\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b/,
];

const physicalCode = [
  /\b(?:margin|padding|border|scrollMargin|scrollPadding)(?:Left|Right)\b/,
  /\bborder(?:Top|Bottom)(?:Left|Right)Radius\b/,
  /\b(?:textAlign|float|clear)\s*:\s*["'](?:left|right)["']/,
  /(?:^|[\s{,])(?:left|right)\s*:/,
  /\s(?:ml|mr|pl|pr|left|right)=[{"]/,
  /\s(?:ta|float)="(?:left|right)"/,
  /["'\s](?:ml|mr|pl|pr)-[\w[]/,
];

/**
 * Pages are written from start to end, so that they stand the right way round in Arabic. A line
 * that means the side of the screen says so: `physical: why`.
 */
export function physicalDirections(tree: Tree): string[] {
  return tree.files
    .filter((file) => /^web\/.*\.(css|html|tsx?|js)$/.test(file) && !/\.test\.tsx?$/.test(file))
    .flatMap((file) => {
      const patterns = /\.(css|html)$/.test(file) ? physicalCss : physicalCode;
      return tree
        .read(file)
        .split("\n")
        .flatMap((line, index) => {
          const isProse = /^\s*(\/\/|\*|\/\*)/.test(line) || line.includes("physical:");
          const isPhysical = !isProse && patterns.some((pattern) => pattern.test(line));
          return isPhysical ? [`${file}:${index + 1} says left or right: ${line.trim()}`] : [];
        });
    });
}
