import { beforeAll, expect, test } from "vitest";
import { ConfigRefusal, readConfig } from "#config.ts";
import { settingsSchema } from "#settings/settings.ts";
import { testDataFolder } from "#test/database.ts";
import { nastyValues } from "#test/hostile/nasty-values.ts";
import { testPanel } from "#test/panel.ts";
import type { CliCommand, CommandContext } from "#cli/kit/command.ts";
import { commands as listed } from "./index.ts";
import { exitCodes } from "#cli/kit/exit-codes.ts";
import { failureOf } from "#cli/kit/failure.ts";
import type { Typed } from "#cli/kit/option.ts";
import { commandLineActor } from "#values/actor.ts";

const commands = await Promise.all(listed.map(({ load }) => load()));
const panel = testPanel({ env: { PANEL_LOG_LEVEL: "silent" } });
/** What stands for an option where it is not the one that is tried, by its flag. */
let rights: Readonly<Record<string, string>>;
/** The same for `--id`, by the first words of the command. */
let ids: readonly (readonly [command: string, id: string])[];
let names = 0;

beforeAll(async () => {
  const customer = await panel.addCustomer({ balance: "1000" });
  const service = await panel.addService({ dripfeed: true, min: 1 });
  const subscribed = await panel.addService({ name: "S", type: "Subscriptions", min: 1 });
  const add = async (fields: Readonly<Record<string, string | number>>) => {
    const placed = await panel.api({ key: customer.key, action: "add", link: "a", ...fields });
    return String((placed as { order: number }).order);
  };
  const order = await add({ service, quantity: 100 });
  const dripFeed = await add({ service, quantity: 100, runs: 2, interval: 60 });
  const terms = { username: "anna", min: 10, max: 20 };
  const subscription = await add({ service: subscribed, ...terms });
  rights = {
    "--email": customer.email,
    "--amount": "1",
    "--rate": "1",
    "--category": "A",
    "--type": "Default",
    "--min": "1",
    "--max": "100",
    "--provider": "Known",
    "--provider-service": "77",
    "--provider-order": "900",
    "--service": String(service),
    "--product": "1",
    "--from": "5",
    "--percent": "10",
    "--items": "1",
    "--quantity": "1",
    "--reason": "because",
    "--pattern": "evil.example",
    "--hosts": "a.example",
    "--minutes": "60",
    "--hours": "24",
    "--above": "10",
    "--markup-percent": "25",
    "--feed": "https://a.example/feed",
    "--url": "https://a.example/hook",
    "--status": "Completed",
    "--key": "panel_name",
    "--value": "Shop",
    "--run": "1",
    "--url ": "",
  };
  ids = [
    ["key", "1"],
    ["service", String(service)],
    ["dripfeed", dripFeed],
    ["subscription", subscription],
    ["product", "1"],
    ["webhook", "1"],
    ["refill order", order],
    ["order", order],
    ["", "1"],
  ];
  for (const line of [
    ["provider add", { "--name": "Known", "--connector": "manual" }],
    ["source add", { "--service": String(service) }],
    ["webhook add", {}],
    ["product create", { "--name": "Key", "--type": "service" }],
    ["hold same-link", { "--decision": "hold" }],
  ] as const) {
    const [name, typed] = line;
    const command = commands.find((each) => each.name === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    expect(await outcome(command, { ...requiredOf(command), ...typed })).toMatch(/^done/);
  }
  await panel.api({
    key: customer.key,
    action: "add_product_order",
    product: 1,
    quantity: 1,
  });
});

const flagOf = (flags: string) => flags.split(" ")[0] ?? "";

/** The options without which the command is no command, each with what is right. */
function requiredOf(command: CliCommand): Record<string, string> {
  const typed: Record<string, string> = {};
  for (const { flags, take } of command.options) {
    try {
      take(undefined);
    } catch {
      const id = ids.find(([words]) => command.name.startsWith(words))?.[1] ?? "1";
      const flag = flagOf(flags);
      names++;
      const name = flag === "--name" ? `Name ${names}` : undefined;
      typed[flag] = name ?? (flag === "--id" ? id : (rights[flag] ?? "1"));
      if (flag === "--type" && command.name.startsWith("product")) typed[flag] = "service";
    }
  }
  return typed;
}

/** How the command ends, as the program would tell it. */
async function outcome(command: CliCommand, typed: Record<string, string>): Promise<string> {
  const { ctx, database } = panel;
  const PANEL_DATA = testDataFolder(database.url);
  const config = readConfig({ PANEL_DATABASE_URL: database.url, PANEL_DATA });
  const context: CommandContext = {
    config: () => config,
    open: () => Promise.resolve({ ctx, database, config, actor: commandLineActor("test") }),
    remark: () => {},
    outside: {
      env: {},
      print: () => {},
      complain: () => {},
      openLog: () => Promise.resolve(ctx.log),
      startPanel: () => Promise.reject(new Error("not here")),
    },
  };
  const typedOf = ({ flags, isRepeatable }: CliCommand["options"][number]): Typed => {
    const text = typed[flagOf(flags)];
    return isRepeatable === true && text !== undefined ? [text] : text;
  };
  try {
    for (const option of command.options) option.take(typedOf(option));
    const result = await command.run(context, (option) => option.take(typedOf(option)));
    return result.ok ? "done" : `refused ${result.refusal.code}`;
  } catch (error) {
    const { exitCode, text } = failureOf(error);
    return exitCode === exitCodes.usage ? "usage" : `failed: ${text.slice(0, 300)}`;
  }
}

/** What reads files, starts a process, or turns the database over. */
const apart = /^(start|backup|restore|service import|secret rotate|demo|webhook test)/;
const ofFiles = new Set(["--file", "--key-file", "--key-stdin", "--secret"]);

const tried = commands.filter(({ name }) => !apart.test(name) && name !== "settings set");

test.each(tried.map((command) => [command.name, command] as const))(
  "panel %s: whatever is typed for whichever option ends in words",
  async (name, command) => {
    const failures: string[] = [];
    for (const { flags } of command.options) {
      const flag = flagOf(flags);
      if (!/[<[]/.test(flags) || ofFiles.has(flag)) continue;
      for (const value of nastyValues) {
        const typed = {
          ...requiredOf(command),
          ...(name === "order mass" ? { "--file": "/x" } : {}),
        };
        const ended = await outcome(command, { ...typed, [flag]: value });
        if (ended.startsWith("failed")) failures.push(`${flag} ${JSON.stringify(value)} ${ended}`);
      }
    }
    expect(failures).toEqual([]);
  },
);

test.each(Object.keys(settingsSchema.shape))(
  "setting %s: whatever is typed ends in words",
  async (key) => {
    const command = commands.find(({ name }) => name === "settings set");
    if (command === undefined) throw new Error("no settings set");
    const isNumber = typeof settingsSchema.parse({})[key as "stuck_hours"] === "number";
    for (const value of nastyValues) {
      const ended = await outcome(command, { "--key": key, "--value": value });
      expect(ended, value).toMatch(/^(done|refused|usage)/);
      if (isNumber && !/^ *[0-9]+ *$/.test(value)) expect(ended, value).not.toBe("done");
    }
  },
);

test("a port is read in digits alone", () => {
  for (const value of nastyValues.filter((text) => !/^[0-9]{0,5}$/.test(text))) {
    expect(() => readConfig({ PANEL_PORT: value }), value).toThrow(ConfigRefusal);
  }
  expect(() => readConfig({ PANEL_PORT: "65536" })).toThrow(ConfigRefusal);
  expect(readConfig({ PANEL_PORT: "0" }).port).toBe(0);
});
