import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { preflight } from '../../src/plan/preflight.ts';
import { sandboxCredentials } from '../../src/sandbox/sandbox.ts';
import { aDestination, aSource, aSpec, SOURCE } from '../builders.ts';
import { aPractice } from './in-sandbox.ts';

// Every object of JavaScript has a member of that name, and S3 takes it.
const name = 'constructor';

it.each([
  ['source', aSpec({ name, source: aSource({ bucket: name }) })],
  ['destination', aSpec({ name, destinations: [aDestination({ bucket: name })] })],
])('a setup called constructor is none but itself, with a %s bucket of that name', async (_, spec) => {
  const practice = await aPractice();
  expect(await practice.apply(spec)).not.toEqual([]);
  expect(await practice.apply(spec)).toEqual([]);
  expect(preflight(await practice.state(spec), spec, new Date())).toMatchObject({ outcome: 'replicates', causes: [] });

  const { requestHandler, clock } = practice.sandbox;
  const s3 = new S3Client({ region: 'eu-west-1', credentials: sandboxCredentials(SOURCE), requestHandler });
  const object = { Bucket: spec.source.bucket, Key: name };
  await s3.send(new PutObjectCommand({ ...object, Body: 'x' }));
  await clock.sleep(60_000);
  expect(await s3.send(new HeadObjectCommand(object))).toMatchObject({ ReplicationStatus: 'COMPLETED' });
});
