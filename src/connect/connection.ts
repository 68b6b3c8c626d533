/** Who is signed in where, and the clients for it. */
import type { AccountId, Region } from '../aws/brand.ts';
import type { AnySide, SideId } from '../config/spec.ts';
import type { Clients } from './services.ts';

/** Who somebody is, by STS. */
export interface Identity {
  readonly account: AccountId;
  /** ARN. */
  readonly identity: string;
}

/** Somebody in a Region. Each client is made, and its package loaded, when it is first asked for. */
export interface Connection extends Identity, Clients {
  readonly region: Region;
  /** The same identity in another Region. */
  readonly inRegion: (region: Region) => Connection;
}

export interface Connections {
  get(side: SideId): Connection;
  close(): void;
}

/** What signing in takes to know of a side. */
export interface SignInSide extends Pick<AnySide, 'id' | 'region' | 'access'> {
  /** Null: whichever it turns out to be. */
  readonly account: AccountId | null;
  /** For messages. */
  readonly bucket: string;
}
