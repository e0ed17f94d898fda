import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { openCatalogCache } from "#catalog/catalog-cache.ts";
import { commandScopes } from "#http/reseller/request/command-scopes.ts";
import { addSchemaName, documentedCalls } from "#http/reseller/openapi/openapi-schemas.ts";
import { openApiDocument } from "#http/reseller/openapi/openapi.ts";
import { readCommand } from "#http/reseller/endpoint/read-command.ts";
import { readRequest } from "#orders/placing/place-order.ts";
import { serviceTypes } from "#orders/service-types/index.ts";
import { readSettings } from "#settings/settings.ts";
import { testPanel, must } from "#test/panel.ts";
import { openScenes } from "#test/reseller-scenes.ts";
import type { Fields, ResellerScenes } from "#test/reseller-scenes.ts";
import type { FieldReference, FormReference } from "./action-reference.ts";
import { actionReferences } from "./index.ts";
import { serviceFields } from "#http/reseller/openapi/service-fields.ts";

const panel = testPanel();
const documentId = "https://panel.example/openapi.json";
let ajv: Ajv2020;
let key = "";
let reseller: ResellerScenes;

beforeAll(async () => {
  const document = openApiDocument(await readSettings(panel.ctx.db), "0.1.0");
  ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ ...document, $id: documentId });
  ({ key } = await panel.addCustomer({ balance: "100000" }));
  const service = await panel.addService({ min: 1, dripfeed: true });
  reseller = openScenes(panel, key, String(service));
});

const forms = actionReferences.flatMap(({ action, forms: all }) =>
  all.map((form): [string, string, FormReference] => [form.id, action, form]),
);

function errorsOf(schema: string, value: unknown): unknown {
  const validate = ajv.getSchema(`${documentId}#/components/schemas/${schema}`);
  if (validate === undefined) return `there is no schema ${schema}`;
  return validate(value) === true ? [] : validate.errors;
}

const isNeeded = ({ missing }: FieldReference) => missing !== undefined;

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
}

describe.each(forms)("%s", (id, action, form) => {
  test("is answered as its schemas say, whatever may be left out", async () => {
    const scene = reseller.scenes[id];
    if (scene === undefined) throw new Error(`there is no request of the form ${id}`);
    const names = form.fields.map(({ name }) => name);
    const optional = form.fields.filter((field) => !isNeeded(field)).map(({ name }) => name);

    for (const left of ["nothing", ...optional]) {
      const fields = without(await scene(), left);
      const { answer, code } = await reseller.send(action, fields);
      if (left === "nothing") expect(Object.keys(fields)).toEqual(expect.arrayContaining(names));
      expect(code, `without ${left}: ${JSON.stringify(answer)}`).toBeNull();
      if (form.hasServiceFields !== true) {
        expect(errorsOf(form.request, { key, action, ...fields })).toEqual([]);
      }
      const misfits = form.answers.map((schema) => errorsOf(schema, answer));
      expect(misfits, JSON.stringify(answer)).toContainEqual([]);
    }
  });

  test("is refused by name without what it needs", async () => {
    for (const { name, missing } of form.fields.filter(isNeeded)) {
      const fields = without((await reseller.scenes[id]?.()) ?? {}, name);

      const { code, field } = await reseller.send(action, fields);

      expect(code, `without ${name}`).toBe(missing);
      expect([null, name]).toContain(field);
    }
  });

  test("shows an answer that its schemas allow", () => {
    const example = structuredClone(JSON.parse(JSON.stringify(form.example("USD"))));
    // Additions to what all panels answer are not shown: nobody has to read them.
    const [shape = ""] = form.answers;
    const errors = errorsOf(shape, example);
    const isAddition = (error: { params?: { missingProperty?: string } }) =>
      ["refill_days", "average_time"].includes(error.params?.missingProperty ?? "");
    expect((errors as object[]).filter((error) => !isAddition(error))).toEqual([]);
  });
});

const documentedAdds = Object.entries(serviceTypes);
const examplesOf = (fields: readonly FieldReference[]): Fields =>
  Object.fromEntries(fields.map(({ name, example }) => [name, example]));

describe.each(documentedAdds)("an order of type %s", (slug, type) => {
  const fields = serviceFields(type);

  test("is placed with what its type shows, and refused by name without what it needs", async () => {
    const bounds = { min: 1, dripfeed: true };
    const ofType = String(await panel.addService({ type: type.wireName, ...bounds }));
    const whole: Fields = { service: ofType, ...examplesOf(fields) };
    const needed: Fields = { service: ofType, ...examplesOf(fields.filter(isNeeded)) };

    expect(errorsOf(addSchemaName(slug), { key, action: "add", ...whole })).toEqual([]);
    for (const order of slug === "special_1_1dg" ? [whole] : [whole, needed]) {
      expect(errorsOf("Added", (await reseller.send("add", order)).answer)).toEqual([]);
    }
    for (const { name, missing } of fields.filter(isNeeded)) {
      expect(await reseller.send("add", without(whole, name))).toMatchObject({
        code: missing,
        field: name,
      });
    }
  });

  test("reads the fields that are described, and no other", async () => {
    const read = new Set<string>();
    const desk = { ctx: panel.ctx, catalog: await openCatalogCache(panel.ctx) };
    const ofType = String(await panel.addService({ type: type.wireName, min: 1, dripfeed: true }));
    const variants = slug === "web_traffic" ? ["1", "2", "3"] : [""];
    for (const traffic of variants) {
      const sent = { ...examplesOf(fields), ...(traffic !== "" && { type_of_traffic: traffic }) };
      const recorded = recording({ action: "add", service: ofType, ...sent }, read);
      const command = readCommand(recorded, undefined);
      if (command?.kind !== "place_order") throw new Error(`it is read as ${command?.kind}`);
      must(await readRequest(desk, command.input));
      must(type.read(command.input, { min: 1, max: 10_000, dripfeed: true }));
    }

    const call = documentedCalls.find(({ request }) => request === addSchemaName(slug));
    const described = call?.fields.map(({ name }) => name) ?? [];
    expect([...read].toSorted()).toEqual([...new Set(["action", ...described])].toSorted());
  });
});

/** The fields as a request has them, with the names that are asked for. */
function recording(sent: Fields, names: Set<string>): Map<string, string> {
  const fields = new Map(Object.entries(sent));
  const { get, has } = Map.prototype;
  fields.get = (name) => {
    names.add(name);
    return get.call(fields, name) as string | undefined;
  };
  fields.has = (name) => {
    names.add(name);
    return has.call(fields, name);
  };
  return fields;
}

test.each(actionReferences.filter(({ action }) => action !== "add"))(
  "$action reads the fields that are described, each form as its own command",
  async ({ action, forms: all }) => {
    const read = new Set<string>();
    for (const form of all) {
      const sent = { action, ...examplesOf(form.fields) };
      expect(readCommand(recording(sent, read), undefined)?.kind, form.id).toBe(form.command);
    }
    readCommand(recording({ action }, read), undefined);

    const described = all.flatMap((form) => form.fields.map(({ name }) => name));
    expect([...read].toSorted()).toEqual([...new Set(["action", ...described])].toSorted());
  },
);

test("every command has a form, and every form an id of its own", () => {
  const commands = new Set(forms.map(([, , form]) => form.command));
  const ids = forms.map(([id]) => id);
  const requests = documentedCalls.map(({ request }) => request);

  expect([...commands, "unreadable"].toSorted()).toEqual(Object.keys(commandScopes).toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(requests).size).toBe(requests.length);
  expect(Object.keys(reseller.scenes).toSorted()).toEqual(ids.toSorted());
});
