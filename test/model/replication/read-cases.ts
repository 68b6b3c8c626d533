/** The cases that come with the project: a snapshot, an object of it, and what S3 does with it (see the README of their folder). */
import { readdirSync, readFileSync } from 'node:fs';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Verdict } from '../../../src/model/verdict.ts';

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly snapshot: Snapshot;
  readonly object: string;
  readonly expected: {
    readonly outcome: readonly Verdict['outcome'][];
    readonly reason: readonly Verdict['reason'][];
    readonly warning: boolean;
    readonly replica?: Readonly<Record<string, unknown>>;
  };
}

const folder = new URL('../cases/', import.meta.url);

export function readCases(): readonly Case[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Case);
}
