/**
 * A value that is here, or a promise of it. Each `await` costs about as much as
 * all else that a small answer from memory needs, so the pipeline waits only
 * where there is something to wait for.
 */
export type Soon<T> = T | Promise<T>

/** Goes on at once with a value that is here. */
export function whenReady<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
