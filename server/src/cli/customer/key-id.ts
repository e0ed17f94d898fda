import { hashApiKey } from "#customers/api-key.ts";
import { findApiKeyId } from "#customers/api-keys.sql.ts";
import type { ApiKeyId } from "#values/ids.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { refuse } from "#cli/kit/command.ts";
import type { Given, OpenPanel, SaidRefusal } from "#cli/kit/command.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { filledText, id } from "#cli/kit/readers.ts";

/** The key itself or its id: either names it. */
export const keyText = optional("--key <key>", "the key itself", filledText);
export const keyId = optional("--id <number>", "the key's id, as in panel key list", id<ApiKeyId>);

/** Throws a `UsageError` where both or neither were given. */
export function checkKeyGiven(given: Given): void {
  if ((given(keyText) === undefined) === (given(keyId) === undefined)) {
    throw new UsageError("give either --id or --key");
  }
}

export async function keyIdOf(
  open: OpenPanel,
  given: Given,
): Promise<Result<ApiKeyId, SaidRefusal>> {
  const key = given(keyText);
  const found =
    key === undefined ? given(keyId) : await findApiKeyId(open.ctx.db, hashApiKey(key.trim()));
  return found === undefined ? refuse({ code: "key_unknown" }) : ok(found);
}
