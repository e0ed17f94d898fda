import { expect, test } from "vitest";
import type { Queryable } from "#database/statement.ts";
import { testPanel } from "#test/panel.ts";
import { openCatalogCache } from "./catalog-cache.ts";

const panel = testPanel({ roles: ["api"] });
const services = 2500;

/** Adds services at the front of the list, so that everything behind moves on. */
async function addServices(count: number): Promise<void> {
  await panel.ctx.db.query(
    `insert into services (category_id, name, type, rate, min, max, refill, cancel, description,
                           provider_id, version, position)
     select (select min(id) from categories), 'Added ' || n, 'Default', 1, 1, 10, true, true, '',
            (select id from providers where name = 'manual'),
            (select version + 1 from catalog_state), -n
       from generate_series(1, ${count}) n`,
  );
  await panel.ctx.db.query("update catalog_state set version = version + 1");
}

test("a long price list is read in pages, each service once and in its order", async () => {
  await panel.addService();
  await addServices(services);
  let longest = 0;
  const db: Queryable = {
    query: async (config) => {
      const result = await panel.ctx.db.query(config);
      longest = Math.max(longest, result.rows.length);
      return result;
    },
  };

  const cache = await openCatalogCache(panel.ctx, db);

  const { rows } = await panel.ctx.db.query<{ id: number }>(
    `select s.id from services s join categories c on c.id = s.category_id
      order by c.position, c.id, s.position, s.id`,
  );
  expect(cache.services().map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  expect(longest).toBe(1000);
});

test("a list that changes while it is read is read again: no service is missing, none is there twice", async () => {
  let pages = 0;
  const db: Queryable = {
    query: async (config) => {
      if (config.name === "catalog.listServicesPage" && ++pages % 2 === 0) await addServices(1);
      return panel.ctx.db.query(config);
    },
  };

  const cache = await openCatalogCache(panel.ctx, db);

  const ids = cache.services().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const { rows } = await panel.ctx.db.query("select 1 from services");
  expect(ids).toHaveLength(rows.length);
});
