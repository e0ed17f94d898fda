import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ActionReference, FieldReference } from "./action-reference.ts";
import { actionReferences } from "./index.ts";

const root = new URL("../../../../../", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), "utf8");

test("the API page has its texts in English; the web's own tests hold the other languages to them", () => {
  const texts = new Map(
    Object.entries(JSON.parse(read("web/public/messages/en.json")) as Record<string, string>),
  );

  for (const { group, forms } of actionReferences) {
    for (const { id, name, fields } of forms) {
      expect(texts.get(`api.section.${id}`), id).toBe(name);
      if (group === "addition") expect(texts.has(`api.intro.${id}`), id).toBe(true);
      for (const field of fields) {
        const named = [`api.param.${field.name}.${id}`, `api.param.${field.name}`];
        expect(
          named.some((message) => texts.has(message)),
          named[0],
        ).toBe(true);
      }
    }
  }
});

describe("the guide for resellers", () => {
  const guide = read("docs/api/reseller-api.md");
  const sections = { shared: "Actions", goods: "Digital goods", addition: "Additions" } as const;

  const row = (name: string, others: Iterable<string>) =>
    `${name}: ${[...others].toSorted().join(", ")}`;

  /** The names in the first two columns of a section's tables whose first column is headed so. */
  function rowsOf(section: string, head: string): string[] {
    const [, text = ""] = guide.split(`\n## ${section}\n`);
    const tables = (text.split("\n## ")[0] ?? "").matchAll(
      /^\| (\w+) \|.*\n\|[-|]+\n((?:\|.*\n)+)/gm,
    );
    return [...tables]
      .filter(([, first]) => first === head)
      .flatMap(([, , rows = ""]) => rows.trim().split("\n"))
      .map((line) => {
        const [, first = "", second = ""] = line.split("|");
        const names = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
        return row(names(first)[0] ?? "", names(second));
      })
      .toSorted();
  }

  const formsOf = (group: ActionReference["group"]) =>
    actionReferences
      .filter((reference) => reference.group === group)
      .flatMap(({ action, forms }) => forms.map((form) => ({ action, fields: form.fields })));

  test.each(["shared", "goods", "addition"] as const)("lists every %s form", (group) => {
    const isShown = ({ isAddition }: FieldReference) => group === "addition" || !isAddition;
    const shown = formsOf(group).map(({ action, fields }) =>
      row(
        action,
        fields.filter(isShown).map(({ name }) => name),
      ),
    );

    expect(rowsOf(sections[group], "action")).toEqual(shown.toSorted());
  });

  test("lists what this panel adds to the other actions", () => {
    const added = new Map<string, Set<string>>();
    for (const { action, fields } of [...formsOf("shared"), ...formsOf("goods")]) {
      for (const { name } of fields.filter(({ isAddition }) => isAddition)) {
        added.set(name, (added.get(name) ?? new Set()).add(action));
      }
    }
    const listed = [...added].map(([name, actions]) => row(name, actions));

    expect(rowsOf(sections.addition, "field")).toEqual(listed.toSorted());
  });
});
