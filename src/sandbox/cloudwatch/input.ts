/** Requests to CloudWatch, read. What is wrong with one is said in words of ours, where none are recorded. */
import { isObject } from '../../model/evaluation/element.ts';
import { AwsError } from '../wire/errors.ts';

export type Input = Readonly<Record<string, unknown>>;

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', 400, message);
}

export function textIn(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`The value for parameter ${name} is no text.`);
}

export function numberIn(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || typeof value === 'number') return value;
  throw invalid(`The value for parameter ${name} is no number.`);
}

export function textsIn(input: Input, name: string): readonly string[] {
  const value = input[name] ?? [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw invalid(`The value for parameter ${name} is no list of texts.`);
}

export function objectsIn(input: Input, name: string): readonly Input[] {
  const value = input[name] ?? [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw invalid(`The value for parameter ${name} is no list of structures.`);
}

export function requireText(input: Input, name: string): string {
  const value = textIn(input, name);
  if (value === undefined || value === '') throw invalid(`The parameter ${name} is required.`);
  return value;
}

export function requireNumber(input: Input, name: string): number {
  const value = numberIn(input, name);
  if (value === undefined) throw invalid(`The parameter ${name} is required.`);
  return value;
}

/** @param allowed undefined where the parameter may be absent. */
export function choiceIn<T extends string>(input: Input, name: string, allowed: readonly T[]): T | undefined {
  const value = textIn(input, name);
  const found = allowed.find((one) => one === value);
  if (value === undefined || found !== undefined) return found;
  throw invalid(`The value ${value} for parameter ${name} must be one of ${allowed.join(', ')}.`);
}

/** Seconds, as JSON has them; in milliseconds. */
export function timeIn(input: Input, name: string): number | undefined {
  const seconds = numberIn(input, name);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

export interface Page<T> {
  readonly page: readonly T[];
  readonly NextToken?: string;
}

/** @param most the most records of a page. @throws AwsError `InvalidNextToken` */
export function pageOf<T>(input: Input, all: readonly T[], nameOf: (one: T) => string, most: number): Page<T> {
  const token = textIn(input, 'NextToken');
  const size = numberIn(input, 'MaxRecords') ?? most;
  if (!Number.isInteger(size) || size < 1 || size > most)
    throw invalid(`The value ${size} for parameter MaxRecords must be between 1 and ${most}.`);
  const after = token === undefined ? -1 : all.findIndex((one) => tokenOf(nameOf(one)) === token);
  if (token !== undefined && after === -1)
    throw new AwsError('InvalidNextToken', 400, 'The next token is not one of ours.');
  const page = all.slice(after + 1, after + 1 + size);
  const last = page.at(-1);
  const isEnd = last === undefined || after + 1 + size >= all.length;
  return isEnd ? { page } : { page, NextToken: tokenOf(nameOf(last)) };
}

function tokenOf(name: string): string {
  return Buffer.from(name).toString('base64url');
}
