/**
 * Records what the program says to the database, as a release is made of it: `npm run schema:release`.
 * Until the next release all of it must run on every newer schema, because processes of this one are
 * still at work while an upgrade has run its migrations already. `server/test/released-statements.test.ts`
 * holds that; `tools/tidy/migrations.ts` keeps out what would break it.
 */
import { recordRelease } from "./released-statements.ts";

const { schema, statements } = await recordRelease();
process.stdout.write(`${Object.keys(statements).length} statements on schema ${schema} recorded\n`);
