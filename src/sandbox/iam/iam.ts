import type { User } from '../store/state.ts';
import { type Answer, queryAnswer } from '../wire/answer.ts';
import { AwsError } from '../wire/errors.ts';
import { notImplemented } from '../wire/not-implemented.ts';
import type { Operation } from '../wire/operation.ts';
import { authorizeIam } from './authorize-iam.ts';
import {
  type IamOperation,
  type IamRequest,
  iamRequest,
  newNameParam,
  ownArn,
  pageOf,
  pathParam,
  userOf,
  validationError,
} from './iam-request.ts';
import { newUniqueId } from './new-ids.ts';
import { policyOperations } from './policies.ts';
import { administrator, administratorArn, administratorId } from './principals.ts';
import { iamDate, roleOperations } from './roles.ts';

const userOperations: Readonly<Record<string, IamOperation>> = {
  CreateUser: (request) => ({ User: describeUser(createUser(request)) }),
  GetUser: (request) => ({ User: describeUser(findUser(request)) }),
  ListUsers: listUsers,
  DeleteUser: (request) => {
    delete request.account.users[userOf(request).name];
  },
};

const operations = { ...roleOperations, ...policyOperations, ...userOperations };

export function answerIam(operation: Operation): Answer {
  const run = Object.hasOwn(operations, operation.call.operation) ? operations[operation.call.operation] : undefined;
  if (run === undefined) throw notImplemented(operation.call);
  const request = iamRequest(operation);
  authorizeIam(request);
  return queryAnswer('iam', operation.call.operation, run(request));
}

function createUser(request: IamRequest): User {
  const name = newNameParam(request, 'UserName', 64);
  const path = pathParam(request);
  if (Object.keys(request.account.users).some((other) => other.toLowerCase() === name.toLowerCase())) {
    throw new AwsError('EntityAlreadyExists', 409, `User with name ${name} already exists.`);
  }
  const arn = ownArn(request, `user${path}${name}`);
  const user = { name, path, arn, id: newUniqueId('AIDA'), created: request.now };
  request.account.users[name] = user;
  return user;
}

/** The named user, otherwise the caller (IAM API Reference, GetUser). */
function findUser(request: IamRequest): User {
  const { caller, params } = request;
  if (!params.has('UserName') && caller.session !== undefined) {
    throw validationError('Must specify userName when calling with non-User credentials');
  }
  const name = params.get('UserName') ?? administrator;
  return name === administrator ? administratorOf(request) : userOf(request);
}

/** Every account has this user, unless somebody made another one of this name. */
function administratorOf({ account, call, caller }: IamRequest): User {
  const made = account.users[administrator];
  if (made !== undefined) return made;
  const arn = administratorArn(call.partition, caller.account);
  return { name: administrator, path: '/', arn, id: administratorId(caller.account), created: 0 };
}

function listUsers(request: IamRequest): unknown {
  const users = { ...request.account.users, [administrator]: administratorOf(request) };
  const { page, end } = pageOf(request, Object.values(users));
  return { Users: page.map(describeUser), ...end };
}

function describeUser(user: User): unknown {
  return { Path: user.path, UserName: user.name, UserId: user.id, Arn: user.arn, CreateDate: iamDate(user.created) };
}
