import { money } from "#views/spelling.ts";
import path from "node:path";
import type { Context } from "#database/context.ts";
import { findBalance } from "#ledger/ledger.sql.ts";
import { judgeLines, totalOf } from "#orders/mass-order/judge-lines.ts";
import type { JudgedLine } from "#orders/mass-order/judge-lines.ts";
import { placeForCustomer, staffBuying } from "#orders/mass-order/place-for-customer.ts";
import { isMassId, massIdOf } from "#orders/mass-order/place-mass-order.ts";
import type { PlacedLine } from "#orders/mass-order/place-mass-order.ts";
import { linesMax, readMassLines } from "#orders/mass-order/read-lines.ts";
import type { Buyer } from "#orders/placing/place-order.ts";
import { openSelling } from "#selling/open-selling.ts";
import { add, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Result } from "#values/result.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, CliCommand } from "#cli/kit/command.ts";
import { lineText } from "./mass-output.ts";
import { flag, optional, required, UsageError } from "#cli/kit/option.ts";
import { filledText } from "#cli/kit/readers.ts";
import { readTextFile } from "#cli/kit/text-file.ts";
import { currencyOf, customerEmail, customerOf } from "#cli/kit/shared.ts";

const bytesMax = 32 * 1024 * 1024;
const shownMax = 20;

const file = required("--file <file>", "one order on each line", filledText);
const all = flag("--all-or-nothing", "place every line, or none where one is refused");
const valid = flag("--valid-lines", "place the lines that can be ordered, leave out the others");
const dryRun = flag("--dry-run", "only say what would happen, as without either of the two");
const massId = optional("--id <name>", "what this mass order is called; made of its text else", id);

export const orderMass: CliCommand = {
  name: "order mass",
  summary: "Shows what a list of orders would cost, and places it.",
  details:
    "Each line is service | link | quantity or service | quantity | link; tabs, commas and semicolons\n" +
    "separate as well. Blank lines and lines that begin with # are skipped. A line that can be read in\n" +
    "more than one way is refused. The same list again orders nothing twice: to order it once more,\n" +
    "give it another --id.",
  options: [file, customerEmail, all, valid, dryRun, massId],
  positions: [file],
  run: async (panel, given) => {
    if (given(all) && given(valid))
      throw new UsageError("either --all-or-nothing or --valid-lines");
    const name = path.resolve(given(file));
    const text = await readTextFile(name, bytesMax);
    if (!text.ok) return text;
    const lines = readMassLines(text.value);
    if (lines === undefined) {
      const problem = `it has more than ${linesMax} orders`;
      return refuse({ code: "file_unreadable", file: name, problem });
    }
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId } = found.value;
    const buyer = staffBuying(accountId);
    const selling = await openSelling(open.ctx);
    const mode = given(all) ? "all" : given(valid) ? "valid" : undefined;
    const mass = given(massId) ?? massIdOf(buyer, text.value);
    const purse = {
      currency: await currencyOf(open),
      available: await availableTo(open.ctx, buyer),
    };
    if (mode === undefined || given(dryRun)) {
      return shown(await judgeLines(selling, accountId, lines), mass, purse);
    }
    const order = { lines, id: mass, mode } as const;
    const placed = await placeForCustomer(selling, open.actor, accountId, order);
    if (!placed.ok) return nothingPlaced(placed.refusal, mass, purse);
    return placedAnswer(placed.value, mass, purse.currency);
  },
};

type Purse = { readonly currency: string; readonly available: Amount };

function id(typed: string): string {
  if (!isMassId(typed)) throw new UsageError("expected 1 to 100 printable characters");
  return typed.trim();
}

async function availableTo(ctx: Context, buyer: Buyer): Promise<Amount> {
  const found = await findBalance(ctx.db, buyer.accountId);
  return found === undefined ? zero : subtract(found.balance, found.floor);
}

/** The preview. Exit code 1 where a line would be refused or the funds are too low. */
function shown(judged: readonly JudgedLine[], mass: string, purse: Purse): Result<Answer, never> {
  const total = totalOf(judged);
  const good = judged.filter(({ verdict }) => verdict.ok).length;
  const missing = total > purse.available ? subtract(total, purse.available) : zero;
  const words = [
    `${good} of ${judged.length} orders are possible, for ${money(total)} ${purse.currency}.`,
    missing > zero
      ? `The customer can pay ${money(purse.available)}: ${money(missing)} is missing.`
      : `The customer can pay ${money(purse.available)}: that suffices.`,
    "Nothing was placed: give --valid-lines or --all-or-nothing.",
  ].join("\n");
  return answer(
    { ...summary(judged, mass, purse), missing: money(missing), placed: 0 },
    [words, refusedText(judged), repeatsText(judged)].filter((part) => part !== "").join("\n\n"),
    good < judged.length || missing > zero ? 1 : 0,
  );
}

function nothingPlaced(
  judged: readonly JudgedLine[],
  mass: string,
  purse: Purse,
): Result<Answer, never> {
  const refused = judged.filter(({ verdict }) => !verdict.ok).length;
  const words = `Nothing was placed: ${refused} of ${judged.length} lines are refused.`;
  const json = { ...summary(judged, mass, purse), placed: 0 };
  return answer(json, `${words}\n\n${refusedText(judged)}`, 1);
}

function placedAnswer(
  lines: readonly PlacedLine[],
  mass: string,
  currency: string,
): Result<Answer, never> {
  const fresh = lines.filter(({ placed }) => placed.ok && !placed.value.isReplay);
  const replays = lines.filter(({ placed }) => placed.ok && placed.value.isReplay);
  const refusedLines = lines.filter(({ placed }) => !placed.ok);
  const charge = fresh.reduce(
    (sum, { verdict }) => (verdict.ok ? add(sum, verdict.value.charge) : sum),
    zero,
  );
  const words = [
    `${counted(fresh.length, "order was", "orders were")} placed for ${money(charge)} ${currency}.`,
    ...(replays.length > 0
      ? [
          `${counted(replays.length, "was", "were")} placed before, and not again. To order them once more, ` +
            "give another --id.",
        ]
      : []),
    ...(refusedLines.length > 0
      ? [`${counted(refusedLines.length, "line was", "lines were")} refused.`]
      : []),
  ].join("\n");
  const asJudged = lines.map(({ line, text, placed, verdict }) => ({
    line,
    text,
    verdict: placed.ok ? verdict : placed,
  }));
  return answer(
    {
      id: mass,
      currency,
      placed: fresh.length,
      placed_before: replays.length,
      refused: refusedLines.length,
      charge: money(charge),
      lines: lines.map((each) => ({
        ...lineJson(each.placed.ok ? each : { ...each, verdict: each.placed }),
        ...(each.placed.ok && {
          order: each.placed.value.orderId,
          placed_before: each.placed.value.isReplay,
        }),
      })),
    },
    [words, refusedText(asJudged)].filter((part) => part !== "").join("\n\n"),
    refusedLines.length > 0 ? 1 : 0,
  );
}

function summary(
  judged: readonly JudgedLine[],
  mass: string,
  { currency, available }: Purse,
): Readonly<Record<string, unknown>> {
  return {
    id: mass,
    currency,
    total: money(totalOf(judged)),
    available: money(available),
    refused: judged.filter(({ verdict }) => !verdict.ok).length,
    lines: judged.map(lineJson),
  };
}

function lineJson({ line, text, verdict }: JudgedLine): Readonly<Record<string, unknown>> {
  if (verdict.ok) {
    const { service, link, quantity, charge, repeats } = verdict.value;
    return {
      line,
      ok: true,
      service: service.id,
      name: service.name,
      link,
      quantity,
      charge: money(charge),
      repeats: repeats ?? null,
    };
  }
  const { refusal } = verdict;
  return {
    line,
    ok: false,
    text,
    code: refusal.code,
    field: "field" in refusal ? refusal.field : null,
    error: lineText(refusal),
  };
}

/** The first refused lines with their reasons, each in full. */
function refusedText(judged: readonly JudgedLine[]): string {
  const reasons = judged.flatMap(({ line, verdict }) =>
    verdict.ok ? [] : [`line ${line}: ${lineText(verdict.refusal)}`],
  );
  const more = reasons.length - shownMax;
  const shownReasons = reasons.slice(0, shownMax);
  return [
    ...shownReasons,
    ...(more > 0 ? [`… and ${more} more: all of them with --json.`] : []),
  ].join("\n");
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function repeatsText(judged: readonly JudgedLine[]): string {
  const repeats = judged.filter(({ verdict }) => verdict.ok && verdict.value.repeats !== undefined);
  const [first] = repeats;
  if (first === undefined) return "";
  const lines = repeats.length === 1 ? "line orders" : "lines order";
  return (
    `${repeats.length} ${lines} a service for a link that an earlier line orders it for, the first ` +
    `is line ${first.line}. Each of them is an order.`
  );
}
