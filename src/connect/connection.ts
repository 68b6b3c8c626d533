import type { AccountId, Region } from '../aws/brand.ts';
import type { AnySide, SideId } from '../config/spec.ts';
import type { Clients } from './services.ts';

export interface Identity {
  readonly account: AccountId;
  /** ARN. */
  readonly identity: string;
}

/** Each client is made, and its package loaded, when it is first asked for. */
export interface Connection extends Identity, Clients {
  readonly region: Region;
  readonly inRegion: (region: Region) => Connection;
}

export interface Connections {
  get(side: SideId): Connection;
  close(): void;
}

export interface SignInSide extends Pick<AnySide, 'id' | 'region' | 'access'> {
  /** Null: not known before signing in. */
  readonly account: AccountId | null;
  readonly bucket: string;
}
