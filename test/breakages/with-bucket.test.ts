/** Doctor knows the name of the bucket only, and prints commands of the AWS CLI. */
import { tryBreakages } from './trial.ts';

tryBreakages('--bucket');
