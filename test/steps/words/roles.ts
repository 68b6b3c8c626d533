import { aRole, SOURCE } from '../../builders.ts';
import { allowing, inBothAccounts, type Scenario, sourceBucket } from './scenario.ts';

const ourRole = `arn:aws:iam::${SOURCE}:role/s3repl-invoices-dr`;
const policy = (name: string) => `arn:aws:iam::${SOURCE}:policy/${name}`;
const ours = { s3repl: 'invoices-dr' };
const to = { Bucket: 'arn:aws:s3:::acme-invoices-replica' };
const rule = (ID: string | undefined) => ({
  ...(ID && { ID }),
  Priority: 1,
  Status: 'Enabled' as const,
  Filter: {},
  Destination: to,
});
const ourRule = rule('s3repl.invoices-dr.all');
const theirs = { Role: ourRole, Rules: [rule('theirs'), ourRule, rule(undefined)] };
const forOther = allowing({ Sid: 'Theirs' }, { Sid: 'SourceBucket', Resource: ['arn:aws:s3:::acme-other'] });
const trust = (change: object) =>
  allowing({ Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole', ...change });
const bounded = { role: { name: 's3repl-invoices-dr', permissionsBoundary: policy('boundary') } };

const destroying: readonly Scenario[] = [
  {
    title: 'destroy: rules of others replicate with our role, one of them without an ID',
    state: inBothAccounts({
      roles: { [ourRole]: aRole({ tags: ours }) },
      buckets: sourceBucket({ replication: theirs }),
    }),
    destroy: true,
  },
  {
    title: 'destroy: rules of others replicate with a role of our name that somebody else made',
    state: inBothAccounts({ roles: { [ourRole]: aRole() }, buckets: sourceBucket({ replication: theirs }) }),
    destroy: true,
  },
  {
    title: 'destroy: others have given our role policies',
    state: inBothAccounts({
      roles: {
        [ourRole]: aRole({
          tags: ours,
          inlinePolicies: { team: forOther },
          attachedPolicies: [policy('a'), policy('b')],
        }),
      },
    }),
    destroy: true,
  },
  {
    title: 'destroy: a role of our name that works for another bucket',
    state: inBothAccounts({
      roles: { [ourRole]: aRole({ tags: ours, inlinePolicies: { 's3repl-invoices-dr': forOther } }) },
    }),
    destroy: true,
  },
];

export const roles: readonly Scenario[] = [
  {
    title: 'a role of our name that works for all buckets',
    state: inBothAccounts({
      roles: {
        [ourRole]: aRole({
          tags: ours,
          inlinePolicies: { 's3repl-invoices-dr': allowing({ Sid: 'SourceBucket', Resource: '*' }) },
        }),
      },
    }),
  },
  {
    title: 'a role of our name that works for another bucket',
    state: inBothAccounts({
      roles: { [ourRole]: aRole({ tags: ours, inlinePolicies: { 's3repl-invoices-dr': forOther } }) },
    }),
  },
  {
    title: 'our rules name a role that is not there, and repl.yaml another one',
    state: inBothAccounts({
      roles: { [`arn:aws:iam::${SOURCE}:role/beside`]: aRole() },
      buckets: sourceBucket({ replication: { Role: `arn:aws:iam::${SOURCE}:role/former`, Rules: [ourRule] } }),
    }),
  },
  {
    title: 'our rules name another role than repl.yaml, which is there',
    state: inBothAccounts({
      roles: { [`arn:aws:iam::${SOURCE}:role/former`]: aRole() },
      buckets: sourceBucket({ replication: { Role: `arn:aws:iam::${SOURCE}:role/former`, Rules: [ourRule] } }),
    }),
  },
  {
    title: 'only rules of others name a role that is not there',
    state: inBothAccounts({
      roles: { [ourRole]: aRole({ tags: ours }) },
      buckets: sourceBucket({ replication: { Role: `arn:aws:iam::${SOURCE}:role/former`, Rules: [rule('theirs')] } }),
    }),
  },
  {
    title: 'our rules name our role, under a path',
    state: inBothAccounts({
      buckets: sourceBucket({
        replication: { Role: `arn:aws:iam::${SOURCE}:role/a/s3repl-invoices-dr`, Rules: [ourRule] },
      }),
    }),
  },
  {
    title: 'policies that cannot be read: attached, the boundary of the role, the boundary that repl.yaml asks for',
    change: bounded,
    state: inBothAccounts({
      roles: {
        [ourRole]: aRole({
          tags: ours,
          attachedPolicies: [policy('a'), policy('b')],
          permissionsBoundary: policy('a'),
        }),
      },
      policies: { [policy('a')]: 'unknown', [policy('b')]: allowing({}), [policy('boundary')]: 'unknown' },
    }),
  },
  {
    title: 'a boundary that does not exist',
    change: bounded,
    state: inBothAccounts({ policies: { [policy('boundary')]: null } }),
  },
  { title: 'a boundary that nobody looked at', change: bounded, state: inBothAccounts() },
  {
    title: 'a role that somebody else made, without the boundary that repl.yaml asks for',
    change: bounded,
    state: inBothAccounts({ roles: { [ourRole]: aRole() } }),
  },
  {
    title: 'a role that somebody else made, with another boundary',
    change: bounded,
    state: inBothAccounts({ roles: { [ourRole]: aRole({ permissionsBoundary: policy('other') }) } }),
  },
  {
    title: 'a role that somebody else made, with the boundary that repl.yaml asks for',
    change: bounded,
    state: inBothAccounts({ roles: { [ourRole]: aRole({ permissionsBoundary: policy('boundary') }) } }),
  },
  {
    title: 'our own role with another boundary',
    change: bounded,
    state: inBothAccounts({ roles: { [ourRole]: aRole({ tags: ours, permissionsBoundary: policy('other') }) } }),
  },
  ...[
    { Principal: { Service: ['ec2.amazonaws.com'] } },
    { Principal: { AWS: 's3.amazonaws.com' } },
    { Principal: 's3.amazonaws.com' },
    { Principal: undefined },
    { Effect: 'Deny' },
    { Action: 'sts:AssumeRoleWithSAML' },
    { Action: 'ssts:AssumeRole' },
    { Action: '**' },
    { Action: 'x*' },
    { Principal: '*' },
    { Principal: { Service: ['ec2.amazonaws.com', 's3.amazonaws.com'] }, Action: ['sts:TagSession', 'STS:AssumeRole'] },
    { Action: '*' },
    { Action: 'sts:*' },
  ].map((change) => ({
    title: `a role that somebody else made, which trusts ${JSON.stringify(change)}`,
    state: inBothAccounts({ roles: { [ourRole]: aRole({ trustPolicy: trust(change) }) } }),
  })),
  {
    title: 'a role that somebody else made, which trusts S3 beside another service',
    state: inBothAccounts({
      roles: {
        [ourRole]: aRole({
          trustPolicy: allowing(
            { Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
            { Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ),
        }),
      },
    }),
  },
  {
    title: 'our own role that trusts another service',
    state: inBothAccounts({ roles: { [ourRole]: aRole({ tags: ours, trustPolicy: trust({ Effect: 'Deny' }) }) } }),
  },
  {
    title: 'a role under another path',
    change: { role: { name: 's3repl-invoices-dr', path: '/replication/' } },
    state: inBothAccounts({ roles: { [ourRole]: aRole({ tags: ours }) } }),
  },
  {
    title: 'a role under the path of repl.yaml',
    change: { role: { name: 's3repl-invoices-dr', path: '/' } },
    state: inBothAccounts({ roles: { [ourRole]: aRole({ tags: ours }) } }),
  },
  ...destroying,
];
