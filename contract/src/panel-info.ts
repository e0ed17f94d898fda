// The small build: it runs in the browser too, under a policy that forbids compiling code from text.
import * as z from "zod/mini";

/** One field that orders of a service type have, by its name on the wire. */
export const orderFieldSchema = z.object({
  name: z.string(),
  kind: z.enum(["text", "number", "lines", "date"]),
  required: z.boolean(),
});

/** A kind of service that this panel can sell, and what an order of it asks for. */
export const serviceTypeInfoSchema = z.object({
  /** Never changes; `wire_name` is what the service list says. */
  slug: z.string(),
  wire_name: z.string(),
  pricing: z.enum(["per_thousand", "per_order", "later"]),
  inputs: z.array(orderFieldSchema),
});

/** One form of an action of API v2, such as `status` of several orders. */
export const apiFormSchema = z.object({
  /** Never changes: its address on the API page, and the key of the page's texts. */
  id: z.string(),
  action: z.string(),
  /** `shared` by the documents of all panels, `goods` of 1dg.me, or an `addition` of this panel. */
  group: z.enum(["shared", "goods", "addition"]),
  /** What is sent beside `key`, `action` and what the type of an ordered service asks for. */
  fields: z.array(
    z.object({
      name: z.string(),
      required: z.boolean(),
      /** True for what the documents of other panels do not have. */
      addition: z.boolean(),
    }),
  ),
  /** An answer, as it may be. */
  example: z.unknown(),
});

/** An error of API v2: its stable code and the sentence, with sample figures where it has any. */
export const errorTextSchema = z.object({ code: z.string(), text: z.string() });

/** What anyone may know of a panel. */
export const panelInfoSchema = z.object({
  name: z.string(),
  /** ISO 4217. */
  currency: z.string(),
  version: z.string(),
  /** Behind the origin that served this answer. */
  api_url_path: z.string(),
  /** BCP 47 codes of the languages whose texts this panel serves. */
  languages: z.array(z.string()),
  service_types: z.array(serviceTypeInfoSchema),
  /** In the order in which resellers know them. */
  api_forms: z.array(apiFormSchema),
  error_texts: z.array(errorTextSchema),
  /** What a client may do at most. */
  limits: z.object({
    ids_max: z.int(),
    body_bytes_max: z.int(),
    lines_max: z.int(),
    /** For each API key that has no limit of its own; 0 is none. */
    requests_per_second: z.int(),
    /** For each address. */
    failed_keys_per_minute: z.int(),
  }),
});

export type PanelInfo = z.infer<typeof panelInfoSchema>;
export type ApiForm = z.infer<typeof apiFormSchema>;
export type ServiceTypeInfo = z.infer<typeof serviceTypeInfoSchema>;
export type ErrorText = z.infer<typeof errorTextSchema>;
