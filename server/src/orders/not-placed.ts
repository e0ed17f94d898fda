/** The database could not be reached and nothing was sent to it: the order was not placed. */
export class NotPlaced extends Error {
  override name = "NotPlaced";
}
