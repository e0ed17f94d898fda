import type { Command } from "#http/reseller/request/command.ts";
import type { RefusalCode } from "#http/reseller/refusals/refusal.ts";
import type { Schema } from "./schema.ts";

/**
 * How a field is written: `id` and `count` are whole numbers, `ids` are several separated by commas,
 * `lines` a list with an entry on each line, `date` is d/m/Y, `decimal` an amount, `moment` a time in
 * ISO 8601 or in seconds since 1970.
 */
export type FieldKind = "id" | "ids" | "count" | "text" | "lines" | "date" | "decimal" | "moment";

/** One field of a request, by its name on the wire. */
export type FieldReference = {
  readonly name: string;
  readonly kind: FieldKind;
  readonly meaning: string;
  readonly example: string;
  /** Bounds: of a count's value, or of a text's length in characters. */
  readonly min?: number;
  readonly max?: number;
  /** The refusal where the field is missing. A field without this may be left out. */
  readonly missing?: RefusalCode;
  /** True for fields that the documents of other panels do not have. */
  readonly isAddition?: true;
};

/** One form of an action: `status` of one order and `status` of several are two forms. */
export type FormReference = {
  /** The heading's anchor on the API page, and the key of the page's texts. It never changes. */
  readonly id: string;
  /** The English heading on the API page. */
  readonly name: string;
  readonly summary: string;
  /** The kind of command that the fields are read as. */
  readonly command: Command["kind"];
  readonly fields: readonly FieldReference[];
  /** True where the type of the ordered service adds fields of its own. */
  readonly hasServiceFields?: true;
  /** The name of the request's schema. */
  readonly request: string;
  /** Names of the answer's schemas: one for each dialect where they differ. */
  readonly answers: readonly string[];
  /** An answer, in the shapes of the dialect `v2`. */
  readonly example: (currency: string) => unknown;
  /** Refusals of the whole request, besides those that any request may get. */
  readonly refusals: readonly RefusalCode[];
  /** Refusals that may stand in place of one of several. */
  readonly refusalsInPlace?: readonly RefusalCode[];
};

/**
 * One action of API v2, for those who call it. The OpenAPI document, the API page and the tests
 * that check the panel, the guide and the SDK are all derived from it. How to add one:
 * CONTRIBUTING.md.
 */
export type ActionReference = {
  readonly action: string;
  /** `shared` by the documents of all panels, `goods` of 1dg.me, or an `addition` of this panel. */
  readonly group: "shared" | "goods" | "addition";
  readonly forms: readonly FormReference[];
  /** The schemas in its answers that no other action uses. */
  readonly schemas: Readonly<Record<string, Schema>>;
};
