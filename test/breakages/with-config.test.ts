/** Doctor knows the configuration, and prints `s3repl apply` where that fixes it. */
import { tryBreakages } from './trial.ts';

tryBreakages('repl.yaml');
