/** The questions to a state, asked with texts. */
import * as state from '../src/state/state.ts';
import { branded } from './plain.ts';

export function accountOf(observed: state.State, account: string): state.AccountState {
  return state.accountOf(observed, branded(account));
}

export function bucketOf(observed: state.State, account: string, name: string): state.BucketState | undefined {
  return state.bucketOf(observed, branded(account), branded(name));
}

export function put<K extends 'roles' | 'buckets' | 'keys' | 'policies' | 'topics' | 'alarms'>(
  observed: state.State,
  account: string,
  kind: K,
  id: string,
  value: NonNullable<state.AccountState[K]>[string],
): state.State {
  return state.put(observed, branded(account), kind, id, value);
}
