/** The panel's encryption key, ready for use. */
export type Secrets = {
  /** Tells keys apart without giving the key away. */
  readonly fingerprint: string;
  /**
   * Encrypts a text for one purpose, such as `provider:7:key`. The result is Base64 and differs
   * every time.
   */
  seal(purpose: string, text: string): string;
  /**
   * `undefined` where the text was sealed with another key or for another purpose, or was changed.
   */
  open(purpose: string, sealed: string): string | undefined;
  /**
   * A digest of 32 bytes that only this key makes. It is the same for the same text and purpose, so
   * that repetitions are found without opening anything, and useless to somebody who tries likely
   * texts.
   */
  digest(purpose: string, text: string): Buffer;
};
