import { isMapping } from './path.ts';

/** `sparse`, plus the defaults that the file wrote out: whoever wrote one did so on purpose. */
export function keepWritten(before: unknown, sparse: unknown, complete: unknown): unknown {
  if (Array.isArray(sparse) && Array.isArray(complete)) {
    return complete.map((item: unknown, index) =>
      keepWritten(Array.isArray(before) ? before[index] : undefined, sparse[index], item),
    );
  }
  if (!isMapping(complete) || !isMapping(before)) return sparse;
  const kept = isMapping(sparse) ? sparse : {};
  const keys = Object.keys(complete).filter((key) => key in kept || key in before);
  return Object.fromEntries(
    keys.map((key) => [key, key in kept ? keepWritten(before[key], kept[key], complete[key]) : complete[key]]),
  );
}
