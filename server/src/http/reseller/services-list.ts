import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { CatalogCache } from "#catalog/catalog-cache.ts";
import { priceFor } from "#catalog/price.ts";
import type { CustomRate } from "#catalog/custom-rate.ts";
import type { CustomerPrices, PanelMargin } from "#catalog/price.ts";
import type { Service } from "#catalog/service.ts";
import type { ServiceId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import type { Dialect } from "./dialects/dialect.ts";

const gzipAsync = promisify(gzip);

// How many bytes of prepared lists one process keeps: two plain lists of 10,000 services are 5 MB.
const preparedBytesMax = 48 * 1024 * 1024;
const compressedBytesMax = 32 * 1024 * 1024;
const patchesMax = 20_000;
// How many rows are built in one turn of the loop: some 3 ms of work, then others have their turn.
const rowsPerTurn = 1000;

/** A list ready to be sent, in consecutive pieces. */
export type PreparedList = {
  readonly etag: string;
  readonly bytes: number;
  readonly pieces: readonly Buffer[];
  /** The same, compressed; made off the loop when first asked for. */
  compressed(): Promise<Buffer>;
};

/** The price list for everybody with the same discount, and where its rows stand. */
type BaseList = {
  readonly catalogVersion: number;
  /** The rows, each with a comma before it. */
  readonly buffer: Buffer;
  /**
   * Where each service's row stands, with its comma, by the service's id. Empty where the service
   * is not sold at this discount, but may be sold to a customer with a custom rate.
   */
  readonly rows: ReadonlyMap<ServiceId, { readonly start: number; readonly end: number }>;
};

// A customer's own rows, and the places of the shared ones that they replace. It holds no piece of
// the base itself, which would keep old price lists in memory.
type Patch = {
  readonly etag: string;
  readonly rows: readonly { readonly start: number; readonly end: number; readonly row: Buffer }[];
  readonly rowBytes: number;
};

/** The prepared service lists of this process. */
export type ServicesLists = {
  listFor(dialect: Dialect, accountId: number, prices: CustomerPrices): Promise<PreparedList>;
};

/**
 * Keeps one prepared buffer for each price-list version, dialect and discount. A customer with
 * custom rates gets the same buffer with their rows in place of the shared ones. The pieces in
 * between are shared, so a thousand such customers cost a thousand small patches.
 */
export function openServicesLists(catalog: CatalogCache): ServicesLists {
  const bases = new LRUCache<string, Promise<BaseList>>({ max: 12 });
  const patches = new LRUCache<string, Patch>({
    max: patchesMax,
    maxSize: preparedBytesMax,
    sizeCalculation: (patch) => 1024 + patch.rowBytes + 128 * patch.rows.length,
  });
  const compressed = new LRUCache<string, Buffer>({
    maxSize: compressedBytesMax,
    sizeCalculation: (buffer) => buffer.length,
  });
  const compressing = new Map<string, Promise<Buffer>>();

  const baseFor = async (dialect: Dialect, discountPercent: Amount): Promise<BaseList> => {
    const name = `${dialect.name} ${discountPercent}`;
    const known = await bases.get(name);
    if (known?.catalogVersion === catalog.version()) return known;
    const building = buildBase(catalog, dialect, discountPercent);
    bases.set(name, building);
    building.catch(() => bases.delete(name));
    return building;
  };

  const ready = (etag: string, pieces: readonly Buffer[]): PreparedList => ({
    etag,
    pieces,
    bytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    compressed: async () => {
      const found = compressed.get(etag);
      if (found !== undefined) return found;
      // Callers at the same time wait for the same result.
      let making = compressing.get(etag);
      if (making === undefined) {
        making = gzipAsync(Buffer.concat(pieces), { level: 1 });
        compressing.set(etag, making);
      }
      try {
        const made = await making;
        compressed.set(etag, made);
        return made;
      } finally {
        compressing.delete(etag);
      }
    },
  });

  return {
    listFor: async (dialect, accountId, prices) => {
      const base = await baseFor(dialect, prices.discountPercent);
      const shared = `${dialect.name}-${base.catalogVersion}-${prices.discountPercent}`;
      if (prices.customRates.size === 0) return ready(`"${shared}"`, listOf([base.buffer]));
      const name = `${dialect.name} ${accountId}`;
      const etag = `"${shared}-${accountId}.${prices.version}"`;
      let patch = patches.get(name);
      if (patch?.etag !== etag) {
        patch = makePatch(etag, base, catalog, dialect, prices);
        patches.set(name, patch);
      }
      return ready(etag, listOf(applyPatch(base, patch)));
    },
  };
}

async function buildBase(
  catalog: CatalogCache,
  dialect: Dialect,
  discountPercent: Amount,
): Promise<BaseList> {
  const catalogVersion = catalog.version();
  const margin = catalog.margin();
  const services = catalog.services().filter((service) => service.isEnabled);
  const prices = { discountPercent, customRates: new Map<ServiceId, CustomRate>(), version: 0 };
  const parts: Buffer[] = [];
  const rows = new Map<ServiceId, { start: number; end: number }>();
  let offset = 0;
  for (const [index, service] of services.entries()) {
    if (index > 0 && index % rowsPerTurn === 0) await new Promise(setImmediate);
    const row = rowOf(service, dialect, prices, margin);
    parts.push(row);
    rows.set(service.id, { start: offset, end: offset + row.length });
    offset += row.length;
  }
  return { catalogVersion, buffer: Buffer.concat(parts), rows };
}

const noRow = Buffer.alloc(0);
const opening = Buffer.from("[");
const closing = Buffer.from("]");

/** Empty where the service is not sold at these prices. */
function rowOf(
  service: Service,
  dialect: Dialect,
  prices: CustomerPrices,
  margin: PanelMargin,
): Buffer {
  const rate = priceFor(service, prices, margin);
  if (rate === undefined) return noRow;
  return Buffer.from(`,${JSON.stringify(dialect.service(service, rate))}`);
}

/** Rows as one JSON array: the comma before the first row is dropped. */
function listOf(pieces: readonly Buffer[]): Buffer[] {
  const [first, ...rest] = pieces.filter((piece) => piece.length > 0);
  return [opening, ...(first === undefined ? [] : [first.subarray(1), ...rest]), closing];
}

/** The customer's own rows, in the order in which they stand in the base list. */
function makePatch(
  etag: string,
  base: BaseList,
  catalog: CatalogCache,
  dialect: Dialect,
  prices: CustomerPrices,
): Patch {
  const rows: { start: number; end: number; row: Buffer }[] = [];
  let rowBytes = 0;
  for (const id of prices.customRates.keys()) {
    const place = base.rows.get(id);
    const service = catalog.find(id);
    if (place === undefined || service === undefined) continue;
    const row = rowOf(service, dialect, prices, catalog.margin());
    rows.push({ ...place, row });
    rowBytes += row.length;
  }
  return { etag, rows: rows.toSorted((a, b) => a.start - b.start || a.end - b.end), rowBytes };
}

/** The base list with the customer's own rows in place; copies nothing. */
function applyPatch(base: BaseList, patch: Patch): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { start, end, row } of patch.rows) {
    pieces.push(base.buffer.subarray(from, start), row);
    from = end;
  }
  pieces.push(base.buffer.subarray(from));
  return pieces;
}
