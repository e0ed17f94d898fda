import { readSource } from "./source.ts";
import type { Text } from "./source.ts";
import type { Tree } from "./tree.ts";
import { isTest } from "./code.ts";

/** Code that has SQL and cannot be a `*.sql.ts`, and why. */
const sqlElsewhere: Record<string, string> = {
  "server/src/database/database.ts": "tells the operator what to type",
  "server/src/database/embedded/cluster.ts": "speaks to a server that has no database yet",
};

type Reader = { readonly tables: readonly string[] | "all"; readonly why: string };

/** Files and folders that name tables of other folders, and why no function of the owner would do. */
const readsElsewhere: Record<string, Reader> = {
  "server/src/archive/": { tables: "all", why: "copies every table as it stands" },
  "server/src/secrets/": {
    tables: "all",
    why: "seals anew whatever is sealed, wherever it stands",
  },
  "server/src/demo/": { tables: "all", why: "takes away all that the sample shop has made" },
  "server/src/views/": { tables: "all", why: "shows what stands in any table, and writes none" },
  "server/src/doctor/due-times.sql.ts": {
    tables: "all",
    why: "holds every due time against the most that its rule sets, in one table",
  },
  "server/src/catalog/catalog.sql.ts": {
    tables: ["providers"],
    why: "makes costs of rates with the provider's exchange rate",
  },
  "server/src/catalog/sources.sql.ts": {
    tables: ["providers", "provider_states"],
    why: "lists where a service can be bought now, in one statement",
  },
  "server/src/customers/customers.sql.ts": {
    tables: ["accounts", "postings"],
    why: "lists customers with their balances in one statement",
  },
  "server/src/events/streams.sql.ts": {
    tables: ["accounts"],
    why: "locks the account alone, and tells play accounts apart",
  },
  "server/src/webhooks/positions.sql.ts": {
    tables: ["events", "catalog_events"],
    why: "claims endpoints that have something to be sent, in one statement",
  },
  "server/src/webhooks/low-balance.sql.ts": {
    tables: ["postings"],
    why: "compares all marks with the balances in one statement",
  },
  "server/src/ledger/verify-parents.sql.ts": {
    tables: ["mirrored_posts", "order_changes", "orders", "schedules", "subscription_posts"],
    why: "proves what was refunded for a drip-feed by the runs that it made",
  },
  "server/src/ledger/verify.sql.ts": {
    tables: [
      "customers",
      "orders",
      "product_counts",
      "product_items",
      "product_orders",
      "products",
      "providers",
    ],
    why: "proves postings against who and what they were made for",
  },
  "server/src/orders/dispatch/advance-attempts.sql.ts": {
    tables: ["tasks"],
    why: "begins and ends tries under the lease of their tasks in one statement, one commit",
  },
  "server/src/orders/lookup/lookup.sql.ts": {
    tables: ["api_keys", "customers", "postings"],
    why: "answers the busiest call in one statement, which also checks the key",
  },
  "server/src/product-orders/claims.sql.ts": {
    tables: ["accounts"],
    why: "leaves out what was played",
  },
  "server/src/product-orders/staff-lists.sql.ts": {
    tables: ["accounts"],
    why: "counts real orders and leaves test orders out",
  },
  "server/src/orders/reports/service-figures.sql.ts": {
    tables: ["accounts"],
    why: "leaves out what was played",
  },
  "server/src/orders/reports/stuck.sql.ts": {
    tables: ["services", "tasks"],
    why: "finds open orders by what is due for them, in one statement",
  },
  "server/src/orders/reports/profit.sql.ts": {
    tables: ["accounts", "postings"],
    why: "sums revenue and cost by what the orders were of, play money left out",
  },
  "server/src/orders/reports/scoreboard.sql.ts": {
    tables: ["accounts", "postings"],
    why: "sums what was spent by where the orders went, and leaves out what was played",
  },
};

const statement = new RegExp(
  [
    String.raw`^\s*(?:--.*\n\s*)*(?:`,
    String.raw`select\s(?:[^]*\bfrom\s+[\w".]+|\d|[\w.]+\()`,
    String.raw`|with\s+(?:recursive\s+)?\w+\s+as\s*(?:(?:not\s+)?materialized\s*)?\(`,
    String.raw`|insert\s+into\s|delete\s+from\s|update\s+(?:only\s+)?[\w.]+\s+(?:\w+\s+)?set\s`,
    String.raw`|(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:unique\s+|unlogged\s+|temp\w*\s+)?`,
    String.raw`(?:table|index|role|database|schema|function|view|sequence|trigger|type|system)\s`,
    String.raw`|truncate\s+(?:table\s+)?\w|lock\s+table\s|copy\s+[\w.]+\s*(?:\([^)]*\)\s*)?(?:from|to)\s`,
    String.raw`)`,
  ].join(""),
  "i",
);

/** SQL lives in `*.sql.ts` and in the migrations; tests and benchmarks may set a scene. */
export function sqlOutsideItsFiles(tree: Tree): string[] {
  return tree.files
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".sql.ts") && !isTest(file))
    .filter((file) => !file.startsWith("server/bench/") && !(file in sqlElsewhere))
    .flatMap((file) =>
      textsOf(tree, file)
        .filter(({ text }) => statement.test(text))
        .map(({ line }) => `${file}:${line} has SQL: move it to a *.sql.ts`),
    );
}

/** A table belongs to one folder: the others call the functions of its owner. */
export function tablesOfSeveralFolders(tree: Tree): string[] {
  return [...tableOwners(tree)]
    .filter(([, owners]) => owners.length > 1)
    .map(([table, owners]) => `the table ${table} is named in ${owners.join(" and ")}`);
}

/** Of each table the folders of the server that name it without an excuse: one, or none. */
export function tableOwners(tree: Tree): Map<string, string[]> {
  const tables = migrationsOf(tree).flatMap((file) =>
    [
      ...tree
        .read(file)
        .matchAll(/^create (?:unlogged )?table (?:if not exists )?(?:\w+\.)?(\w+)/gm),
    ].map(([, table = ""]) => table),
  );
  const folders = new Map(tables.map((table) => [table, new Set<string>()]));
  for (const file of tree.files.filter((name) => /^server\/src\/.*\.sql\.ts$/.test(name))) {
    const reader = Object.entries(readsElsewhere).find(([place]) => file.startsWith(place))?.[1];
    for (const table of namedTables(textsOf(tree, file))) {
      const isExcused = reader?.tables === "all" || reader?.tables.includes(table);
      if (!isExcused) folders.get(table)?.add(file.split("/")[2] ?? "");
    }
  }
  return new Map([...folders].map(([table, owners]) => [table, [...owners].toSorted()]));
}

/** Words that write, or lock; a view reads. */
const writing =
  /\b(?:insertInto|updateTable|deleteFrom|mergeInto|replaceInto|forUpdate|forNoKeyUpdate|forShare)\b|\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate|lock\s+table|for\s+(?:no\s+key\s+)?update)\s/i;

/** Views read, whatever table it is, and nothing else: no statement that writes, and no transaction. */
export function viewsThatWrite(tree: Tree): string[] {
  return viewFiles(tree).flatMap((file) => {
    const code = withoutComments(tree.read(file));
    const found = [
      ...(writing.test(code) ? ["writes or locks: views only read"] : []),
      ...(/\binTransaction\b/.test(code) ? ["opens a transaction: views only read"] : []),
    ];
    return found.map((problem) => `${file} ${problem}`);
  });
}

function viewFiles(tree: Tree): string[] {
  return tree.files.filter((file) => file.startsWith("server/src/views/") && !isTest(file));
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** Lists of words that options offer; they read nothing. */
const wordLists = ["deskReasons", "claimStatuses", "itemStates"];

/** What commands that change something look up first, and why no view shows it. */
const lookedUpByCommands: Record<string, string> = {
  "server/src/cli/customer/key-id.ts": "finds the number of a key by the key itself",
  "server/src/cli/customer/reference.ts": "names whose booking a refused one meets",
  "server/src/cli/order/order-mass.ts":
    "says whether the money suffices, before anything is placed",
  "server/src/cli/product-order/product-claim-open.ts": "finds whose order a claim is about",
  "server/src/cli/provider/provider-import.ts": "warns of a provider that names no currency",
  "server/src/cli/provider/provider-markup.ts": "shows the terms that it changes",
  "server/src/cli/provider/provider-sync.ts": "finds whose run is to be applied",
  "server/src/cli/provider/provider-terms.ts": "shows the terms that it changes",
  "server/src/cli/provider/provider-undo.ts": "names the provider whose run was undone",
  "server/src/cli/service/service-import.ts": "finds the terms of a provider that may be new",
};

/** The command line shows what views give it, and changes by use cases: it reads no table by itself. */
export function commandsThatReadTables(tree: Tree): string[] {
  return tree.files
    .filter((file) => /^server\/src\/cli\/.*\.ts$/.test(file) && !isTest(file))
    .filter((file) => !(file in lookedUpByCommands))
    .flatMap((file) =>
      [...tree.read(file).matchAll(/^import (?!type)\{([^}]*)\} from "(#[^"]+\.sql\.ts)";/gm)]
        .filter(([, names = ""]) =>
          names.split(",").some((name) => name.trim() !== "" && !wordLists.includes(name.trim())),
        )
        .map(([, , from]) => `${file} reads ${from}: what it shows comes from a view (#views/)`),
    );
}

function namedTables(texts: readonly Text[]): string[] {
  const place = /\b(?:from|join|into|update|table|only)\s+(?:\w+\.)?(\w+)/gi;
  return texts.flatMap(({ text }) => [...text.matchAll(place)].map(([, name = ""]) => name));
}

/** The migrations, in the order in which they run. */
export function migrationsOf(tree: Tree): string[] {
  return tree.files.filter((file) => /^server\/migrations\/[^/]+\.sql$/.test(file));
}

function textsOf(tree: Tree, file: string): readonly Text[] {
  return readSource(file, tree.read(file)).texts;
}
