import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingReplicas } from '../../src/plan/missing-replicas.ts';
import { aDestination, aRule } from '../builders.ts';

const version = (key: string, given: object = {}) => ({
  key,
  versionId: `v-${key}`,
  deleteMarker: false,
  storageClass: 'STANDARD',
  modified: 0,
  ...given,
});
const page = (versions: readonly ReturnType<typeof version>[], complete = true) => ({ versions, complete });
const side = aDestination({ bucket: 'acme-invoices-replica' });

describe('the first page of both sides', () => {
  it('shows what a destination lacks', () => {
    const source = page([version('a'), version('b'), version('c')]);
    expect(missingReplicas(side, source, page([version('b')]))).toEqual({
      destination: 'acme-invoices-replica',
      looked: 3,
      missing: 2,
    });
    expect(missingReplicas(side, source, source).missing).toBe(0);
  });

  it('tells another version of the same key from the one that is missing', () => {
    const source = page([version('a')]);
    expect(missingReplicas(side, source, page([version('a', { versionId: 'another' })])).missing).toBe(1);
  });

  it('takes any version for the replica of the null version', () => {
    const source = page([version('a', { versionId: 'null' }), version('b', { versionId: 'null' })]);
    expect(missingReplicas(side, source, page([version('a')])).missing).toBe(1);
  });

  it('compares nothing behind the end of either page', () => {
    const source = page([version('a'), version('b'), version('c')], false);
    expect(missingReplicas(side, source, page([])).looked).toBe(2);
    const replicas = page([version('a'), version('b')], false);
    expect(missingReplicas(side, page([version('a'), version('b'), version('c')]), replicas)).toMatchObject({
      looked: 1,
      missing: 0,
    });
  });

  it('goes by the bytes of keys, as S3 lists them', () => {
    // U+FF41 comes before U+1F600 in UTF-8, and after it in UTF-16.
    const source = page([version('ａ'), version('😀')]);
    expect(missingReplicas(side, source, page([version('😀')], false))).toMatchObject({ looked: 1, missing: 1 });
  });

  it('leaves out what may be on its way', () => {
    const source = page([version('a', { modified: 1 }), version('b', { modified: 2 }), version('c', { modified: 3 })]);
    expect(missingReplicas(side, source, page([]), 3)).toMatchObject({ looked: 2, missing: 2 });
    expect(missingReplicas(side, source, page([]), 1)).toMatchObject({ looked: 0, missing: 0 });
  });

  it('leaves out what no rule takes, what is archived, and delete markers', () => {
    const rules = [
      aRule({ id: 'a', prefix: 'tax/' }),
      aRule({ id: 'b', prefix: 'hr/', enabled: false }),
      aRule({ id: 'c', prefix: 'ops/', tags: { team: 'ops' }, deleteMarkers: false }),
    ];
    const source = page([
      version('hr/1'),
      version('ops/1'),
      version('tax/1'),
      version('tax/2', { storageClass: 'GLACIER' }),
      version('tax/3', { storageClass: 'DEEP_ARCHIVE' }),
      version('tax/4', { deleteMarker: true }),
      version('tax/5', { storageClass: 'GLACIER_IR' }),
    ]);
    expect(missingReplicas({ ...side, rules }, source, page([]))).toMatchObject({ looked: 2, missing: 2 });
  });

  it('is unknown where a bucket may not be listed', () => {
    expect(missingReplicas(side, 'unknown', page([])).missing).toBe('unknown');
    expect(missingReplicas(side, page([]), 'unknown').missing).toBe('unknown');
  });

  it('never counts more as missing than it has looked at, nor what is there', () => {
    const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 20 });
    fc.assert(
      fc.property(keys, keys, fc.boolean(), fc.boolean(), (mine, theirs, all, allThere) => {
        const sort = (some: readonly string[]) =>
          some.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((key) => version(key));
        const { looked, missing } = missingReplicas(side, page(sort(mine), all), page(sort(theirs), allThere));
        expect(missing).toBeLessThanOrEqual(looked);
        expect(missing).toBeLessThanOrEqual(mine.filter((key) => !theirs.includes(key)).length);
      }),
    );
  });
});
