import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import type { Secrets } from "#values/secrets.ts";

const cipher = "aes-256-gcm";
const formatVersion = 1;
const nonceLength = 12;
const tagLength = 16;
const headLength = 1 + nonceLength + tagLength;

/** How long a key is, in bytes. */
export const keyLength = 32;

/** Prepares a key of 32 bytes for use. */
export function secretsOf(key: Uint8Array): Secrets {
  if (key.length !== keyLength) throw new RangeError("an encryption key has 32 bytes");
  // Prepared once: a key given as bytes would be prepared again for every text.
  const prepared = createSecretKey(key);
  const forDigests = Buffer.from(hkdfSync("sha256", key, "", "panelwright digest", keyLength));
  const digestKey = createSecretKey(forDigests);
  return {
    fingerprint: fingerprintOf(key),
    digest: (purpose, text) =>
      createHmac("sha256", digestKey).update(`${purpose}\n`).update(text, "utf8").digest(),
    seal: (purpose, text) => {
      const nonce = randomBytes(nonceLength);
      const sealing = createCipheriv(cipher, prepared, nonce, { authTagLength: tagLength });
      sealing.setAAD(Buffer.from(purpose, "utf8"));
      const hidden = Buffer.concat([sealing.update(text, "utf8"), sealing.final()]);
      const version = Buffer.of(formatVersion);
      return Buffer.concat([version, nonce, sealing.getAuthTag(), hidden]).toString("base64");
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < headLength || bytes[0] !== formatVersion) return undefined;
      const nonce = bytes.subarray(1, 1 + nonceLength);
      const opening = createDecipheriv(cipher, prepared, nonce, { authTagLength: tagLength });
      opening.setAAD(Buffer.from(purpose, "utf8"));
      opening.setAuthTag(bytes.subarray(1 + nonceLength, headLength));
      try {
        const text = Buffer.concat([opening.update(bytes.subarray(headLength)), opening.final()]);
        return text.toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
}

/** 16 hexadecimal characters; the label keeps the digest from being of use for anything else. */
function fingerprintOf(key: Uint8Array): string {
  const labelled = Buffer.concat([Buffer.from("panelwright key fingerprint\n"), key]);
  return hash("sha256", labelled, "hex").slice(0, 16);
}
