import { defineConfig } from "oxlint";
import type { OxlintOverride } from "oxlint";
import { placesOfPackages, serverFloors, serverRooms, webFloors } from "./tools/floors.ts";

/**
 * What nobody may import who stands at `files`: folders upward, and packages that have their place
 * elsewhere. A later override replaces the whole rule, so each repeats this.
 */
function elsewhere(files: string) {
  const packages = placesOfPackages
    .filter(({ places }) => !places.some((place) => isWithin(files, place)))
    .flatMap((each) => each.packages);
  return {
    group: ["..", "../**", ...packages],
    message: "Across folders import with #folder/. This package has its place: tools/floors.ts.",
  };
}

function isWithin(files: string, place: string): boolean {
  return place.endsWith("/**") ? files.startsWith(place.slice(0, -2)) : files === place;
}

/** Who stands at `files` may import these of the package's own files, and no others. */
function mayImport(files: string, allowed: readonly string[]): OxlintOverride {
  const own = {
    group: ["#*", "#*/**", ...allowed.map((each) => `!#${each}`)],
    message: `${files} may import what lies below it: tools/floors.ts.`,
  };
  return {
    files: [files],
    rules: { "no-restricted-imports": ["error", { patterns: [elsewhere(files), own] }] },
  };
}

/** Of floors upon each other: each folder with everything below it. */
function withBelow(
  floors: readonly (readonly string[])[],
): { readonly folder: string; readonly below: readonly string[] }[] {
  return floors.flatMap((floor, level) =>
    floor.map((folder) => ({ folder, below: floors.slice(0, level).flat() })),
  );
}

function insideOf(name: string): string {
  return name.endsWith(".ts") ? name : `${name}/**`;
}

/** The rules of the server's folders, and of the rooms in them. */
function serverRules(): OxlintOverride[] {
  return withBelow(serverFloors).flatMap(({ folder, below }) => {
    const floors = below.map(insideOf);
    const rooms = withBelow(serverRooms[folder] ?? []);
    const globOf = (room: string) =>
      room.endsWith(".") ? `${folder}/${room.slice(0, -1)}*.ts` : `${folder}/${room}/**`;
    if (rooms.length === 0) {
      return [mayImport(`server/src/${insideOf(folder)}`, [...floors, insideOf(folder)])];
    }
    return [
      // A room without a place in the table.
      mayImport(`server/src/${folder}/**`, []),
      ...rooms
        .toSorted((one, other) => one.folder.length - other.folder.length)
        .map((room) =>
          mayImport(`server/src/${globOf(room.folder)}`, [
            ...floors,
            ...room.below.map(globOf),
            globOf(room.folder),
          ]),
        ),
    ];
  });
}

function webRules(): OxlintOverride[] {
  return withBelow(webFloors).map(({ folder, below }) =>
    mayImport(`web/src/${folder}/**`, [...below, folder].map(insideOf)),
  );
}

export default defineConfig({
  plugins: [
    "eslint",
    "typescript",
    "unicorn",
    "oxc",
    "import",
    "promise",
    "node",
    "vitest",
    "react",
    "jsx-a11y",
  ],
  options: { typeAware: true },
  categories: { correctness: "error", suspicious: "error" },
  ignorePatterns: ["node_modules/**", "web/dist/**"],
  rules: {
    eqeqeq: "error",
    "no-console": "error",
    "no-var": "error",
    "prefer-const": "error",
    "no-restricted-globals": ["error", { name: "parseFloat", message: "Money is never a float." }],
    "no-restricted-imports": ["error", { patterns: [elsewhere("")] }],
    "no-restricted-properties": [
      "error",
      { object: "Date", property: "now", message: "The time comes from ctx.clock." },
      { object: "Math", property: "random", message: "Chance comes from node:crypto." },
      { object: "Number", property: "parseFloat", message: "Money is never a float." },
    ],
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "import/no-duplicates": "error",
    "import/no-unassigned-import": ["error", { allow: ["**/*.css", "**/styles.ts"] }],
    "typescript/consistent-type-assertions": ["error", { assertionStyle: "never" }],
    "typescript/consistent-type-imports": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-unsafe-argument": "error",
    "typescript/no-unsafe-assignment": "error",
    "typescript/no-unsafe-call": "error",
    "typescript/no-unsafe-member-access": "error",
    "typescript/no-unsafe-return": "error",
    "typescript/only-throw-error": "error",
    "typescript/switch-exhaustiveness-check": [
      "error",
      { considerDefaultExhaustiveForUnions: true },
    ],
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect", "expect*", "fc.assert"] }],
    "vitest/valid-expect": ["error", { maxArgs: 2 }],

    // Categories above that find nothing here but false alarms.
    "import/no-named-as-default-member": "off",
    "no-shadow": "off",
    "no-unmodified-loop-condition": "off",
    "promise/always-return": "off",
    "jsx-a11y/prefer-tag-over-role": "off",
    "react/exhaustive-effect-dependencies": "off",
    "react/react-in-jsx-scope": "off",
    "typescript/consistent-return": "off",
    "typescript/no-unnecessary-type-parameters": "off",
    "typescript/no-unsafe-unary-minus": "off",
    "typescript/unbound-method": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-array-sort": "off",
    "vitest/no-conditional-expect": "off",
    "vitest/no-standalone-expect": "off",
    "vitest/require-to-throw-message": "off",
  },
  overrides: [
    // Who has no place in the table imports nothing of the others.
    mayImport("server/src/*/**", []),
    mayImport("web/src/*/**", []),
    mayImport("server/src/*.ts", ["*/**", "*"]),
    mayImport("web/src/*.{ts,tsx}", ["*/**", "*"]),
    ...serverRules(),
    ...webRules(),
    mayImport("contract/**", []),
    // What is published runs in Node, Bun, Deno and browsers, and brings nothing along.
    {
      files: ["sdk/src/**"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              {
                group: ["*", "!./*"],
                message: "The SDK imports its own files only: no package, nothing of Node.",
              },
            ],
          },
        ],
        "no-restricted-globals": [
          "error",
          "Buffer",
          "process",
          "global",
          "require",
          "window",
          "document",
          "setImmediate",
          { name: "parseFloat", message: "Money is never a float." },
        ],
        "no-restricted-properties": [
          "error",
          { object: "Math", property: "random", message: "Chance comes from crypto." },
          { object: "Number", property: "parseFloat", message: "Money is never a float." },
        ],
      },
    },

    {
      files: ["web/**"],
      rules: {
        "react/rules-of-hooks": "error",
        "react/jsx-no-literals": [
          "error",
          {
            noStrings: true,
            ignoreProps: true,
            restrictedAttributes: [
              "alt",
              "aria-label",
              "description",
              "error",
              "label",
              "placeholder",
              "title",
            ],
          },
        ],
      },
    },

    // Where a rule has its exception.
    {
      files: ["server/src/values/**", "server/src/database/**"],
      rules: {
        "typescript/consistent-type-assertions": "off",
        "typescript/no-unsafe-type-assertion": "off",
      },
    },
    {
      files: ["server/src/values/clock.ts", "server/src/database/**", "tools/**"],
      rules: { "no-restricted-properties": "off" },
    },
    {
      files: ["server/src/cli/kit/streams.ts", "server/bench/**", "sdk/examples/**", "tools/**"],
      rules: { "no-console": "off" },
    },
    {
      files: ["*.config.ts", "web/vite.config.ts", "server/test/global-setup.ts"],
      rules: { "import/no-default-export": "off" },
    },
    // JavaScript: types cannot say what JSON.parse gives back.
    {
      files: ["tools/**/*.mjs", "web/public/**"],
      rules: {
        "typescript/no-unsafe-argument": "off",
        "typescript/no-unsafe-assignment": "off",
        "typescript/no-unsafe-call": "off",
        "typescript/no-unsafe-member-access": "off",
        "typescript/no-unsafe-return": "off",
      },
    },
    // Asks the house rules which folder a table belongs to.
    { files: ["server/schema/made-files.ts"], rules: { "no-restricted-imports": "off" } },
    // Named after the documents that they keep.
    { files: ["server/test/conformance/**"], rules: { "unicorn/filename-case": "off" } },
    // A test may look at everything, and judges what it gets by running.
    {
      files: ["**/*.test.ts", "**/*.test.tsx", "server/test/**", "server/bench/**", "sdk/test/**"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [{ group: ["..", "../**"], message: "Across folders import with #folder/." }],
          },
        ],
        "no-restricted-properties": "off",
        "typescript/no-misused-promises": "off",
        "typescript/consistent-type-assertions": "off",
        "typescript/no-unsafe-type-assertion": "off",
        "typescript/no-unsafe-argument": "off",
        "typescript/no-unsafe-assignment": "off",
        "typescript/no-unsafe-call": "off",
        "typescript/no-unsafe-member-access": "off",
        "typescript/no-unsafe-return": "off",
      },
    },
  ],
});
