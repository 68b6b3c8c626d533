/** Mutants of every statement of a setup: the statement, its actions, resources and principals, one at a time. */
import { listOf, type Statement, statementsOf } from '../../../src/aws/policy.ts';
import { DESTINATION, SOURCE } from '../../builders.ts';
import { changed, harmless, lossy, type Mutant, type Spot, spotsOf, withDocument, withStatements } from './mutant.ts';
import { type Expected, unharmed } from './needs.ts';
import type { Asked, SetUp } from './set-ups.ts';

/** The mutants of all statements. */
export function statementMutants(setUp: SetUp): readonly Mutant[] {
  return spotsOf(setUp).flatMap((spot) => [
    ...wholeStatements(spot),
    ...actions(spot),
    ...resources(spot),
    ...principals(spot),
  ]);
}

function wholeStatements(spot: Spot): readonly Mutant[] {
  const { statement, setUp, document } = spot;
  const rest = setUp.documents[document];
  const statements = statementsOf(rest);
  const [only] = statements;
  return [
    lossy(spot, 'removed', null),
    lossy(spot, 'Effect Deny', { Effect: 'Deny' }),
    harmless(spot, 'twice', withStatements(spot, statement, { ...statement, Sid: 'Again' })),
    harmless(spot, 'without Sid', withStatements(spot, changed(statement, { Sid: undefined }))),
    harmless(spot, 'another Sid', withStatements(spot, { ...statement, Sid: 'Other' })),
    harmless(spot, 'first', withDocument(setUp, document, { ...rest, Statement: firstOf(statements, statement) })),
    harmless(spot, 'after Id', withDocument(setUp, document, { ...rest, Id: 'x', Statement: [...statements] })),
    harmless(
      spot,
      'old language',
      withDocument(setUp, document, { ...rest, Version: '2008-10-17', Statement: [...statements] }),
    ),
    ...(statements.length === 1 && only
      ? [harmless(spot, 'not in a list', withDocument(setUp, document, { ...rest, Statement: only }))]
      : []),
  ];
}

function firstOf(statements: readonly Statement[], statement: Statement): readonly Statement[] {
  return [statement, ...statements.filter((one) => one !== statement)];
}

function actions(spot: Spot): readonly Mutant[] {
  const all = listOf(spot.statement.Action);
  const set = (Action: unknown) => withStatements(spot, changed(spot.statement, { Action }));
  const [only] = all;
  return [
    ...all.flatMap((action) => {
      const others = all.filter((one) => one !== action);
      const covers = (one: string) => action.endsWith('*') || one === action;
      const names = action.endsWith('*') ? {} : { names: action };
      return [
        ...(others.length > 0 ? [lossy(spot, `${action} removed`, { Action: others }, { covers, ...names })] : []),
        lossy(spot, `${action} misspelt`, { Action: [...others, `${action.replace('*', '')}X`] }, { covers, ...names }),
        lossy(
          spot,
          `${action} of another service`,
          { Action: [...others, action.replace(/^\w+/, 'sqs')] },
          { covers, ...names },
        ),
        harmless(spot, `${action} in capitals`, set([...others, action.toUpperCase()])),
        harmless(spot, `${action}*`, set([...others, `${action}*`])),
        harmless(spot, `${action} with ?`, set([...others, action.replace(/.$/, action.endsWith('*') ? '*' : '?')])),
      ];
    }),
    harmless(spot, 'actions reversed', set(all.toReversed())),
    harmless(spot, 'all actions in small letters', set(all.map((action) => action.toLowerCase()))),
    {
      ...lossy(spot, 'NotAction in place of Action', { Action: undefined, NotAction: all }),
      // It lets in s3:GetObjectVersion, which is enough where KMS does not encrypt (recorded/replication.md 42).
      ...(spot.name === 'role/SourceObjects' && {
        expected: ({ kms, marker }: Asked): Expected =>
          marker
            ? unharmed
            : { ...unharmed, outcome: 'fails', reason: kms ? 'SrcGetObjectNotPermitted' : 'SrcGetAclNotPermitted' },
      }),
    },
    ...(all.length === 1
      ? [harmless(spot, 'one action, as it is not now', set(typeof spot.statement.Action === 'string' ? all : only))]
      : []),
  ];
}

function resources(spot: Spot): readonly Mutant[] {
  const { document, statement } = spot;
  const { Resource: resource } = statement;
  const set = (Resource: unknown) => withStatements(spot, changed(statement, { Resource }));
  const lost = (what: string, Resource: unknown, names = 'Resource') => lossy(spot, what, { Resource }, { names });
  if (typeof resource !== 'string') return [];
  const list = harmless(spot, 'Resource in a list', set([resource]));
  if (document.endsWith('key policy')) {
    return [
      list,
      lost('Resource is another key', 'arn:aws:kms:eu-west-1:999999999999:key/other'),
      lost('Resource missing', undefined),
      lost('Resource is a bucket', 'arn:aws:s3:::acme-invoices'),
    ];
  }
  const isKey = resource.startsWith('arn:aws:kms:');
  const [bucket = ''] = resource.split('/');
  return [
    list,
    lost('another Resource', isKey ? `${resource.slice(0, -1)}f` : resource.replace('acme', 'acne')),
    lost('Resource of another partition', resource.replace('arn:aws:', 'arn:aws-cn:')),
    lost('Resource in capitals', resource.toUpperCase()),
    lost(
      'a name that begins the same way',
      isKey ? `${resource}0` : resource.replace('acme-invoices', 'acme-invoices-2'),
    ),
    harmless(spot, 'another Resource as well', set([resource, 'arn:aws:s3:::other/*'])),
    harmless(spot, 'another Resource before it', set(['arn:aws:s3:::other', resource])),
    ...(isKey
      ? [
          lost('Resource in another Region', resource.replace(/eu-\w+-\d/, 'us-east-1')),
          lost('Resource of another account', resource.replace(/\d{12}/, '999999999999')),
          lost('Resource is an alias', resource.replace(/key\/.*/, 'alias/s3repl-invoices-dr')),
          harmless(spot, 'every key of the account', set(resource.replace(/key\/.*/, 'key/*'))),
        ]
      : resource.endsWith('/*')
        ? [
            lost('Resource without /*', bucket),
            lost('Resource of another prefix', `${bucket}/other/*`),
            lost('Resource of a prefix in capitals', `${bucket}/DOCS/*`),
            harmless(spot, 'Resource of the prefix', set(`${bucket}/docs/*`)),
            harmless(spot, 'Resource of the object', set(`${bucket}/docs/?.txt`)),
          ]
        : [lost('Resource with /*', `${resource}/*`)]),
    harmless(spot, 'Resource *', set('*')),
    lossy(
      spot,
      'NotResource in place of Resource',
      { Resource: undefined, NotResource: resource },
      { names: 'Resource' },
    ),
  ];
}

function publicly({ destination }: SetUp): (asked: Asked) => Expected {
  const { publicAccessBlock: block } = destination;
  const isOn = block !== null && block !== 'unknown' && block.RestrictPublicBuckets === true;
  return ({ marker }) =>
    isOn
      ? { outcome: 'fails', reason: marker ? 'DstDelObjNotPermitted' : 'DstPutObjectNotPermitted', warnings: [] }
      : { ...unharmed, warnings: ['RestrictPublicBuckets of account'] };
}

function principals(spot: Spot): readonly Mutant[] {
  const { statement, setUp } = spot;
  const { Principal: principal } = statement;
  const set = (Principal: unknown) => withStatements(spot, changed(statement, { Principal }));
  const aws = (name: unknown) => ({ AWS: name });
  const lost = (what: string, Principal: unknown) => lossy(spot, what, { Principal }, { names: 'Principal' });
  const fine = (what: string, Principal: unknown) => harmless(spot, what, set(Principal));
  if (typeof principal !== 'object') return [];
  const service = listOf(principal.Service)[0];
  if (service !== undefined) {
    return [
      fine('Principal in a list', { Service: [service] }),
      fine('another service as well', { Service: [service, 'batchoperations.s3.amazonaws.com'] }),
      lost('S3 Batch Operations only', { Service: 'batchoperations.s3.amazonaws.com' }),
      lost('EC2 in place of S3', { Service: 'ec2.amazonaws.com' }),
      lost('an account in place of S3', aws(`arn:aws:iam::${SOURCE}:root`)),
      lost('S3 under AWS', aws(service)),
    ];
  }
  // Whether Block Public Access then shuts the role off depends on its settings (S3 API Reference, PublicAccessBlockConfiguration).
  const everybody = (what: string, Principal: unknown): Mutant => {
    const mutant = fine(what, Principal);
    return spot.document === 'destination bucket policy' ? { ...mutant, expected: publicly(setUp) } : mutant;
  };
  const { role } = setUp.arns;
  const session = `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/s3-replication`;
  const dead = lossy(
    spot,
    'the role deleted and made again',
    { Principal: aws('AROAAAAAAAAAAAAAAAAAA') },
    { names: 'AROAAAAAAAAAAAAAAAAAA' },
  );
  const rest = [
    lost('another role', aws(role.replace('s3repl-', 's3repl-2-'))),
    lost('a role of another path', aws(role.replace('role/', 'role/service-role/'))),
    lost('the role in capitals', aws(role.toUpperCase())),
    lost('a role of the name in another account', aws(role.replace(SOURCE, '999999999999'))),
    lost('another account', aws('999999999999')),
    lost('a user', aws(`arn:aws:iam::${SOURCE}:user/me`)),
    lost('the service S3', { Service: 's3.amazonaws.com' }),
    lost('another session', aws(session.replace('s3-replication', 'me'))),
    fine('the session', aws(session)),
    fine('the role', aws(role)),
    fine('the role and others', aws([role, `arn:aws:iam::${DESTINATION}:role/other`])),
    everybody('everybody', '*'),
    everybody('everybody of AWS', aws('*')),
    dead,
  ];
  // Naming the account leaves it to the role's own policy, which allows it.
  return [...rest, fine('the account', aws(`arn:aws:iam::${SOURCE}:root`)), fine('the account ID', aws(SOURCE))];
}
