import { isFinal, orderTransitions } from "#values/order-status.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { units } from "./memory.ts";
import type { Stand } from "./memory.ts";
import { proveParents } from "./prove-parents.ts";
import { changesSql, eventsSql, newSql, postingsSql } from "./step-rows.ts";
import type { ChangeRow, EventRow, NewRow, PostingRow } from "./step-rows.ts";
import type { World } from "./world.ts";

/**
 * What is wrong in what the last step touched, in words. `floors` are the lowest floors of the
 * accounts during the step.
 */
export async function proveStep(
  world: World,
  floors: ReadonlyMap<AccountId, bigint>,
): Promise<string[]> {
  const { eyes, memory } = world;
  const accounts = [...memory.accounts.keys()];
  const marks = [...memory.accounts.values()];
  const [changes, postings, events, made] = await Promise.all([
    eyes.query<ChangeRow>({ ...changesSql, values: [memory.changeId] }),
    eyes.query<PostingRow>({
      ...postingsSql,
      values: [accounts, marks.map((mark) => mark.postingSeq)],
    }),
    eyes.query<EventRow>({
      ...eventsSql,
      values: [accounts, marks.map((mark) => mark.eventSeq)],
    }),
    eyes.query<NewRow>({ ...newSql, values: [accounts, memory.orderId] }),
  ]);
  const faults: string[] = [];
  for (const row of made.rows) takeNew(world, row);
  for (const row of changes.rows) faults.push(...proveChange(world, row));
  const refunds = provePostings(world, postings.rows, floors, faults);
  proveMoney(changes.rows, made.rows, postings.rows, refunds, faults);
  proveEvents(world, changes.rows, events.rows, faults);
  const parents = new Set(
    [...changes.rows, ...made.rows].flatMap(({ parent_id: parent }) => parent ?? []),
  );
  for (const row of changes.rows) if (row.is_parent) parents.add(row.order_id);
  if (parents.size > 0) faults.push(...(await proveParents(world, [...parents])));
  return faults;
}

function takeNew({ memory }: World, row: NewRow): void {
  memory.orderId = Math.max(memory.orderId, row.id);
  const stand: Stand = {
    status: "pending",
    remains: row.quantity,
    startCount: null,
    refunded: 0n,
  };
  memory.stands.set(row.id, stand);
  if (row.parent_id === null && row.source !== "refill") return;
  memory.know({ id: row.id, accountId: row.account_id, kind: "run" });
}

/** A change begins where the previous one ended, is legal, and refunds what it has to. */
function proveChange({ memory }: World, row: ChangeRow): string[] {
  memory.changeId = Math.max(memory.changeId, row.id);
  const faults: string[] = [];
  const name = `order ${row.order_id}`;
  const before = memory.stands.get(row.order_id);
  const [wasRefunded, refunded, charge] = [
    units(row.refunded_before),
    units(row.refunded),
    units(row.charge),
  ];
  if (before === undefined) faults.push(`${name} changed before it was seen`);
  else if (
    before.status !== row.status_before ||
    before.remains !== row.remains_before ||
    before.startCount !== row.start_count_before ||
    before.refunded !== wasRefunded
  ) {
    faults.push(`${name} stood at ${show(before)}, its change begins at ${row.status_before}`);
  }
  if (
    row.status !== row.status_before &&
    !orderTransitions[row.status_before].includes(row.status)
  ) {
    faults.push(`${name} went from ${row.status_before} to ${row.status}`);
  }
  if (row.parent_id !== null && isFinal(row.status_before)) memory.corrected.add(row.parent_id);
  if (refunded < wasRefunded || refunded > charge) {
    faults.push(`${name}: refunded ${refunded} after ${wasRefunded}, of ${charge}`);
  }
  if (row.status === "canceled" && refunded !== charge) {
    faults.push(`${name} is canceled, refunded ${refunded} of ${charge}`);
  }
  if (row.status === "partial") {
    const due = charge - (charge * BigInt(row.quantity - row.remains)) / BigInt(row.quantity || 1);
    const wanted = due > wasRefunded ? due : wasRefunded;
    if (refunded !== wanted) faults.push(`${name}: partial refunds ${refunded}, not ${wanted}`);
  }
  memory.stands.set(row.order_id, {
    status: row.status,
    remains: row.remains,
    startCount: row.start_count,
    refunded,
  });
  return faults;
}

/** Every posting follows from the one before. Returns the refunds for each order. */
function provePostings(
  { memory }: World,
  rows: readonly PostingRow[],
  floors: ReadonlyMap<AccountId, bigint>,
  faults: string[],
): Map<OrderId, bigint> {
  const refunds = new Map<OrderId, bigint>();
  for (const row of rows) {
    const mark = memory.accounts.get(row.account_id);
    if (mark === undefined) continue;
    const amount = units(row.amount);
    const balance = mark.balance + BigInt(row.direction) * amount;
    if (row.seq !== mark.postingSeq + 1 || units(row.balance_after) !== balance) {
      faults.push(`account ${row.account_id}: posting ${row.seq} does not follow`);
    }
    const floor = floors.get(row.account_id) ?? mark.floor;
    if (row.direction < 0 && balance < floor) {
      faults.push(`account ${row.account_id} went to ${balance}, below its floor ${floor}`);
    }
    if (row.kind === "refund" && row.order_id !== null) {
      refunds.set(row.order_id, (refunds.get(row.order_id) ?? 0n) + amount);
    }
    mark.postingSeq = row.seq;
    mark.balance = balance;
  }
  return refunds;
}

/** Money moved for an order if and only if the order says so. */
function proveMoney(
  changes: readonly ChangeRow[],
  made: readonly NewRow[],
  postings: readonly PostingRow[],
  refunds: ReadonlyMap<OrderId, bigint>,
  faults: string[],
): void {
  const given = new Map<OrderId, bigint>();
  for (const row of changes) {
    const more = units(row.refunded) - units(row.refunded_before);
    given.set(row.order_id, (given.get(row.order_id) ?? 0n) + more);
  }
  for (const id of new Set([...given.keys(), ...refunds.keys()])) {
    const [said, posted] = [given.get(id) ?? 0n, refunds.get(id) ?? 0n];
    if (said !== posted) faults.push(`order ${id}: ${said} refunded, ${posted} posted`);
  }
  const charged = new Map<OrderId, bigint>();
  for (const row of postings) {
    if (row.kind === "charge" && row.order_id !== null)
      charged.set(row.order_id, units(row.amount));
  }
  for (const row of made) {
    const due = priceOf(row);
    if (units(row.charge) * 1000n !== due) {
      faults.push(`order ${row.id} of ${row.quantity} at ${row.rate} costs ${row.charge}`);
    }
    const posted = charged.get(row.id) ?? 0n;
    if (posted !== units(row.charge)) {
      faults.push(`order ${row.id} costs ${row.charge}, charged was ${posted}`);
    }
    charged.delete(row.id);
  }
  for (const id of charged.keys()) faults.push(`a charge for order ${id}, which is not new`);
}

/** What an order must cost, times a thousand. Runs, refills and subscriptions cost nothing. */
function priceOf({ type, quantity, rate, parent_id: parent, ...row }: NewRow): bigint {
  const isFree = row.source === "refill" || row.pays_parent;
  if (isFree || (type === "Subscriptions" && parent === null)) return 0n;
  return units(rate) * (type === "Package" ? 1000n : BigInt(quantity));
}

/**
 * Each change has one event, in order and without a gap, and the last one tells where it stands. An
 * order that delivers a refill has no events; the refill has.
 */
function proveEvents(
  { memory }: World,
  changes: readonly ChangeRow[],
  events: readonly EventRow[],
  faults: string[],
): void {
  const told = new Map<OrderId, number>();
  const lastTold = new Map<OrderId, EventRow["data"]>();
  for (const row of events) {
    const mark = memory.accounts.get(row.account_id);
    if (mark === undefined) continue;
    if (row.seq !== mark.eventSeq + 1) {
      faults.push(`account ${row.account_id}: event ${row.seq} after ${mark.eventSeq}`);
    }
    mark.eventSeq = row.seq;
    if (row.kind !== "order.updated" || row.order_id === null) continue;
    told.set(row.order_id, (told.get(row.order_id) ?? 0) + 1);
    lastTold.set(row.order_id, row.data);
  }
  for (const { order_id: id, source } of changes) {
    if (source !== "refill") told.set(id, (told.get(id) ?? 0) - 1);
  }
  for (const [id, rest] of told) {
    if (rest !== 0) faults.push(`order ${id}: ${rest} more events than changes`);
  }
  for (const row of changes) {
    const data = lastTold.get(row.order_id);
    const paid = units(row.charge) - units(row.now_refunded);
    const isTrue =
      data?.status === row.now_status &&
      data.remains === row.now_remains &&
      units(data.charge ?? "") === paid;
    if (data !== undefined && !isTrue) {
      faults.push(`order ${row.order_id} is ${row.now_status}, told ${JSON.stringify(data)}`);
    }
  }
}

function show({ status, remains, refunded }: Stand): string {
  return `${status} (${remains} left, ${refunded} refunded)`;
}
