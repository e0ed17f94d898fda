/**
 * The embedded database cannot be used as things are, and a person can change that: the message
 * says what is wrong and what to do. Failures of the machine are plain errors instead.
 */
export class EmbeddedRefusal extends Error {
  override readonly name = "EmbeddedRefusal";
}
