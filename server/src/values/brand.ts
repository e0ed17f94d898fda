/** A `T` that only its own module makes, so that two ids of different things cannot be swapped. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
