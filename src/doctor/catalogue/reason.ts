import type { CheckId } from '../catalogue.ts';

export interface ReasonEntry {
  readonly means: string;
  readonly causes: string;
  readonly fix: string;
  readonly checks: readonly CheckId[];
  readonly only?: 'runtime' | 'batch';
}
