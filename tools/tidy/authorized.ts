import { parseSync } from "vite";
import { isTest } from "./code.ts";
import type { Tree } from "./tree.ts";
import { field, list } from "./unknown.ts";

/** Where nothing is for staff to use: what uses use cases, what they are made of, and the words of who acts. */
const elsewhere = /^server\/src\/(cli|http|workers|values|audit|database)\//;

/** What takes an actor but does not begin by asking for a permission, and why that is right. */
const authorizedByCallers: Readonly<Record<string, string>> = {
  "server/src/payments/book-by-hand.ts bookByHand":
    "each kind of movement has its own permission, which the function named after it asks for",
  "server/src/product-orders/claims/open-claim.ts prepareClaim":
    "buyers claim by it as well, for what is theirs",
  "server/src/views/sight.ts sightOf":
    "says which columns a view leaves out, after the view asked whether it may be seen at all",
};

/** A function that staff call. */
export type UseCase = {
  readonly file: string;
  readonly name: string;
  /** What its first statement asks for; `undefined` where that asks for no permission. */
  readonly permission: string | undefined;
  /** Which of its parameters is the actor, and which are taken apart where they stand. */
  readonly actorAt: number;
  readonly takenApart: readonly boolean[];
};

type Parameter = { readonly name: string | undefined; readonly type: string };

type Exported = {
  readonly file: string;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly isAsync: boolean;
  readonly first: unknown;
};

/** Every function of the domain and of its views that staff call, as the source has it. */
export function useCasesOfStaff(tree: Tree): UseCase[] {
  return calledByStaff(tree)
    .filter(({ file, name }) => !(`${file} ${name}` in authorizedByCallers))
    .map((each) => {
      const actorAt = each.parameters.findIndex(({ type }) => type === "Actor");
      return {
        file: each.file,
        name: each.name,
        permission: permissionAsked(each.first, each.parameters[actorAt]?.name),
        actorAt,
        takenApart: each.parameters.map(({ name }) => name === undefined),
      };
    });
}

/**
 * A use case of staff is async, takes an `Actor`, and its first statement is `authorize(actor, "…")`, so
 * that nothing was read or written by one who may not. What takes a `Tx` is part of another; what takes a
 * buyer asks what is theirs. A view takes an actor as soon as it takes a `Context`, and asks for a
 * permission to read.
 */
export function usesWithoutPermission(tree: Tree): string[] {
  const excused = new Set(Object.keys(authorizedByCallers));
  const complaints = calledByStaff(tree).flatMap((each) => {
    const { file, name, parameters, first } = each;
    if (excused.delete(`${file} ${name}`)) return [];
    const actor = parameters.find(({ type }) => type === "Actor");
    if (actor === undefined) return [`${file} ${name} takes no parameter that is the Actor alone`];
    const permission = permissionAsked(first, actor.name);
    if (permission === undefined) {
      return [`${file} ${name} does not begin with authorize(${actor.name ?? "actor"}, "…")`];
    }
    if (!each.isAsync) return [`${file} ${name} is not async: a missing permission is a rejection`];
    return isView(file) && !permission.endsWith(".read") && !permission.startsWith("reports.")
      ? [`${file} ${name} is a view and asks for ${permission}: ask for one to read`]
      : [];
  });
  const gone = [...excused].filter((each) => tree.files.includes(each.split(" ")[0] ?? ""));
  return [...complaints, ...gone.map((each) => `${each} is excused and needs no excuse`)];
}

const permissionList = "server/src/values/permissions.ts";

/** A permission that nothing asks for would be a switch in the editor of roles that does nothing. */
export function unaskedPermissions(tree: Tree): string[] {
  if (!tree.files.includes(permissionList)) return [];
  const asked = new Set(
    tree.files
      .filter((file) => /^server\/src\/.+\.ts$/.test(file) && !isTest(file))
      .filter((file) => file !== permissionList)
      .flatMap((file) => [
        ...tree.read(file).matchAll(/(?:authorize|isAllowed)\(\w+, "([\w.]+)"\)/g),
      ])
      .map(([, permission]) => permission),
  );
  return [...tree.read(permissionList).matchAll(/name: "([\w.]+)"/g)]
    .map(([, permission = ""]) => permission)
    .filter((permission) => !asked.has(permission))
    .map((permission) => `nothing asks for the permission ${permission}`);
}

function calledByStaff(tree: Tree): Exported[] {
  const files = tree.files.filter(
    (file) =>
      /^server\/src\/.+\/[^/]+\.ts$/.test(file) &&
      !elsewhere.test(file) &&
      !file.endsWith(".sql.ts") &&
      !isTest(file),
  );
  const actors = namesOfActors(tree);
  return files.flatMap((file) =>
    exportedFunctions(file, tree.read(file)).filter(({ parameters }) => {
      const types = parameters.map(({ type }) => type);
      if (types.includes("Tx")) return false;
      if (isView(file) && types.some((type) => /\bContext\b/.test(type))) return true;
      return types.some((type) => wordsOf(type).some((word) => actors.has(word)));
    }),
  );
}

function isView(file: string): boolean {
  return file.startsWith("server/src/views/");
}

/** `Actor`, staff's kinds of it, and every type that holds one of them: an actor may stand inside. */
function namesOfActors(tree: Tree): ReadonlySet<string> {
  const names = new Set(["Actor", "StaffActor", "OperatorKeyActor", "CommandLineActor", "Mover"]);
  const types = tree.files
    .filter((file) => /^server\/src\/.+\.ts$/.test(file) && !isTest(file))
    .filter((file) => file !== "server/src/values/actor.ts" && !file.startsWith("server/src/cli/"))
    .flatMap((file) => typesOf(tree.read(file)));
  for (let before = 0; before !== names.size;) {
    before = names.size;
    for (const { name, words } of types) if (words.some((word) => names.has(word))) names.add(name);
  }
  return names;
}

function typesOf(code: string): { readonly name: string; readonly words: readonly string[] }[] {
  return [...code.matchAll(/^(?:export )?(?:type|interface) (\w+)[^]*?(?:^\}|;$)/gm)].map(
    ([text, name = ""]) => ({ name, words: wordsOf(text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "")) }),
  );
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\w+/g) ?? [];
}

/** Functions and constants that hold one, under the names by which the file exports them. */
function exportedFunctions(file: string, code: string): Exported[] {
  const { program } = parseSync(file, code);
  const body: readonly unknown[] = program.body;
  const said = body
    .filter((node) => field(node, "type") === "ExportNamedDeclaration")
    .flatMap((node) => list(field(node, "specifiers")))
    .map((specifier) => field(field(specifier, "local"), "name"));
  return body.flatMap((node) => {
    const exported = field(node, "type") === "ExportNamedDeclaration";
    const declaration = (exported ? field(node, "declaration") : undefined) ?? node;
    return functionsOf(declaration)
      .filter(({ name }) => exported || said.includes(name))
      .map(({ name, of }) => ({
        file,
        name,
        isAsync: field(of, "async") === true,
        parameters: list(field(of, "params")).map((parameter) => read(parameter, code)),
        first: list(field(field(of, "body"), "body"))[0],
      }));
  });
}

function functionsOf(declaration: unknown): { readonly name: string; readonly of: unknown }[] {
  if (field(declaration, "type") === "FunctionDeclaration") {
    return [{ name: String(field(field(declaration, "id"), "name")), of: declaration }];
  }
  return list(field(declaration, "declarations")).flatMap((one) => {
    const of = field(one, "init");
    return /Function/.test(String(field(of, "type")))
      ? [{ name: String(field(field(one, "id"), "name")), of }]
      : [];
  });
}

function read(parameter: unknown, code: string): Parameter {
  const isDefault = field(parameter, "type") === "AssignmentPattern";
  const pattern = isDefault ? field(parameter, "left") : parameter;
  const annotation = field(field(pattern, "typeAnnotation"), "typeAnnotation");
  const name = field(pattern, "name");
  return {
    name: typeof name === "string" ? name : undefined,
    type: code.slice(Number(field(annotation, "start")), Number(field(annotation, "end"))),
  };
}

function permissionAsked(first: unknown, actor: string | undefined): string | undefined {
  const call = field(first, "expression");
  const [who, permission] = list(field(call, "arguments"));
  const isAsked =
    field(call, "type") === "CallExpression" &&
    field(field(call, "callee"), "name") === "authorize" &&
    actor !== undefined &&
    field(who, "name") === actor;
  const value = field(permission, "value");
  return isAsked && typeof value === "string" ? value : undefined;
}
