import { asciiOf } from './ascii.ts';
import type { Output } from './view.ts';

/** For what does not take UTF-8. */
export function asciiOutput(output: Output): Output {
  return {
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
    write: (text) => output.write(asciiOf(text)),
  };
}
