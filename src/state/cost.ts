/** What AWS charges, as a result tells it. */

/** In US dollars. */
export interface Charge {
  readonly what: string;
  readonly amount: number;
  readonly per: 'month' | 'GB' | '1,000 requests' | '10,000 requests';
}

export interface PlanCost {
  readonly currency: string;
  readonly region: string;
  readonly asOf: string;
  readonly charges: readonly Charge[];
  /** Of those by the month. */
  readonly monthly: number;
  readonly notIncluded: readonly string[];
}
