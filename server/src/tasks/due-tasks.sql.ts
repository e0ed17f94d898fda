import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId } from "#values/ids.ts";
import type { TaskKind } from "./tasks.sql.ts";

// Jumps from one provider and kind to the next along the index `tasks_due`, and looks at the earliest
// task of each: what it costs does not grow with the tasks, and a provider without any costs nothing.
const listDueSql = statement<{ provider_id: ProviderId; kind: TaskKind }>(
  "tasks.listDue",
  `with recursive first as (
     (select provider_id, kind, due_at
        from tasks
       order by provider_id, kind, due_at
       limit 1)
     union all
     select next.provider_id, next.kind, next.due_at
       from first
      cross join lateral (
            select t.provider_id, t.kind, t.due_at
              from tasks t
             where (t.provider_id, t.kind) > (first.provider_id, first.kind)
             order by t.provider_id, t.kind, t.due_at
             limit 1) next
   )
   select provider_id, kind
     from first
    where due_at <= panel_now()`,
);

/** For which providers something of which kind is due. On the hot pool: it is looked up by key. */
export async function listDueTasks(
  db: Queryable,
): Promise<readonly { readonly providerId: ProviderId; readonly kind: TaskKind }[]> {
  const rows = await listDueSql.all(db);
  return rows.map((row) => ({ providerId: row.provider_id, kind: row.kind }));
}
