/**
 * The embedded database cannot be used as things are, and a person can change that: the message
 * says what is wrong and what to do. Not for failures of the machine, which are plain errors.
 */
export class EmbeddedRefusal extends Error {
  override readonly name = "EmbeddedRefusal";
}
