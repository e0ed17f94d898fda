import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";

/** A table or view as the database describes it. */
export type CatalogueTable = {
  readonly name: string;
  readonly kind: "table" | "view";
  readonly comment: string | null;
  /** `fillfactor=85` and the like. */
  readonly options: readonly string[];
  readonly columns: readonly CatalogueColumn[];
  /** Keys, references and checks, by their names. */
  readonly constraints: readonly CatalogueConstraint[];
  /** Those that no constraint has made. */
  readonly indexes: readonly CatalogueIndex[];
  readonly triggers: readonly { readonly name: string; readonly definition: string }[];
};

export type CatalogueColumn = {
  readonly name: string;
  /** In PostgreSQL's words: `numeric(28,8)`, `text[]`. */
  readonly type: string;
  readonly isNullable: boolean;
  /** As an expression; of an identity `identity`. */
  readonly default: string | null;
  readonly comment: string | null;
  /** The values of an enum. */
  readonly values: readonly string[] | null;
};

export type CatalogueConstraint = {
  readonly name: string;
  readonly kind: "primary key" | "unique" | "reference" | "check";
  readonly columns: readonly string[];
  readonly definition: string;
};

export type CatalogueIndex = { readonly name: string; readonly definition: string };

const listTables = statement<CatalogueTable>(
  "catalogue.listTables",
  `select c.relname as name,
          case c.relkind when 'v' then 'view' else 'table' end as kind,
          obj_description(c.oid, 'pg_class') as comment,
          coalesce(c.reloptions, '{}') as options,
          (select json_agg(json_build_object(
                    'name', a.attname,
                    'type', format_type(a.atttypid, a.atttypmod),
                    'isNullable', not a.attnotnull,
                    'default', case when a.attidentity <> '' then 'identity'
                                    else pg_get_expr(d.adbin, d.adrelid) end,
                    'comment', col_description(c.oid, a.attnum),
                    'values', (select json_agg(e.enumlabel order by e.enumsortorder)
                                 from pg_enum e where e.enumtypid = a.atttypid))
                    order by a.attnum)
             from pg_attribute a
             left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
          coalesce((select json_agg(json_build_object(
                    'name', k.conname,
                    'kind', case k.contype when 'p' then 'primary key' when 'u' then 'unique'
                                           when 'f' then 'reference' else 'check' end,
                    'columns', (select coalesce(json_agg(a.attname order by u.place), '[]')
                                  from unnest(k.conkey) with ordinality as u (number, place)
                                  join pg_attribute a
                                    on a.attrelid = c.oid and a.attnum = u.number),
                    'definition', pg_get_constraintdef(k.oid))
                    order by k.conname)
             from pg_constraint k
            where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c')), '[]') as constraints,
          coalesce((select json_agg(json_build_object(
                    'name', i.indexrelid::regclass::text,
                    'definition', pg_get_indexdef(i.indexrelid))
                    order by i.indexrelid::regclass::text)
             from pg_index i
            where i.indrelid = c.oid
              and not exists (select from pg_constraint k
                               where k.conindid = i.indexrelid and k.contype in ('p', 'u'))),
            '[]') as indexes,
          coalesce((select json_agg(json_build_object(
                    'name', t.tgname,
                    'definition', pg_get_triggerdef(t.oid))
                    order by t.tgname)
             from pg_trigger t
            where t.tgrelid = c.oid and not t.tgisinternal), '[]') as triggers
     from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    order by c.relname`,
);

/** Every table and view of the panel, by name. */
export function listCatalogue(db: Queryable): Promise<CatalogueTable[]> {
  return listTables.all(db);
}
