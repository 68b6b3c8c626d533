/**
 * GitHub's workflow commands are lines of a log that the runner acts on (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
 * We use them for annotations, and let nobody else's text be one.
 */
import { relative, resolve } from 'node:path';
import type { Event, ResultEvent } from '../events/event.ts';
import { printable, printableDeep } from './printable.ts';
import { type Output, type View, widthOf } from './view.ts';

interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
  readonly title: string;
}

/** Escaped as in GitHub's own toolkit (actions/toolkit, packages/core/src/command.ts). */
function annotation(level: 'error' | 'warning', message: string, place: Place): string {
  const { file, line, col, title } = place;
  const properties = Object.entries({ file, line, col, title })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${escapeData(printable(String(value)))
          .replaceAll(':', '%3A')
          .replaceAll(',', '%2C')}`,
    );
  return `::${level} ${properties.join(',')}::${escapeData(printable(message))}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

const levels = { problem: 'error', warning: 'warning' } as const;

/** Undefined outside the workspace. */
function placeIn(workspace: string, { file, line, column }: { file?: string; line?: number; column?: number }) {
  const path = file === undefined ? undefined : relative(workspace, resolve(file));
  return path === undefined || path.startsWith('..') ? undefined : { file: path, line, col: column };
}

/** @param workspace the folder that GitHub knows files by; the message alone names files outside it. */
export function annotationView(out: Output, workspace: string): View {
  const say = (level: 'error' | 'warning', code: string, text: string, fix: string | undefined, at: object = {}) => {
    out.write(annotation(level, fix ? `${text}\n→ ${fix}` : text, { ...at, title: `s3repl: ${code}` }));
  };
  const finding = ({
    type,
    code,
    where,
    message,
    fix,
    paste,
    ...place
  }: Extract<Event, { type: keyof typeof levels }>) => {
    const at = placeIn(workspace, place);
    const text = at === undefined && where !== undefined ? `${where}  ${message}` : message;
    say(levels[type], code, text, adviceText({ fix, paste }), at);
  };
  const result = ({ error, outcome, changes, summary }: ResultEvent) => {
    if (error) say('error', error.code, error.message, adviceText(error));
    else if (outcome === 'differs') say('warning', outcome, summary ?? `${changes} to change`, undefined);
  };
  const report = (event: Event) => {
    if (event.type === 'problem' || event.type === 'warning') finding(event);
    if (event.type === 'result') result(event);
  };
  return {
    report: (event) => report(printableDeep(event)),
    plan: async () => undefined,
    diagnosis: ({ causes }) => {
      for (const { level, check, summary, fix } of causes) {
        if (level !== 'note') say(level === 'fails' ? 'error' : 'warning', check, summary, fix);
      }
    },
    status: () => undefined,
    round: () => undefined,
    releaseScreen: () => undefined,
  };
}

function adviceText({ fix, paste }: { readonly fix?: string | undefined; readonly paste?: string | undefined }) {
  return fix !== undefined && paste !== undefined ? `${fix}\n${paste}` : fix;
}

/**
 * The runner takes lines that begin with `::`, after any white space, or have `##[` anywhere, on stdout and stderr (actions/runner,
 * src/Runner.Common/ActionCommand.cs, TryParseV2 and TryParse). Escapes one of these characters, which in JSON means the same.
 */
export function withoutCommands(output: Output): Output {
  let isBlank = true;
  return {
    get isTTY() {
      return output.isTTY ?? false;
    },
    get columns() {
      return widthOf(output);
    },
    write(text) {
      const safe = text
        .replace(/(^|[\r\n])([\s\u0085]*)::/g, (all, start: string, space: string) =>
          start === '' && !isBlank && !/[\r\n]/.test(space) ? all : `${start}${space}\\u003a:`,
        )
        .replaceAll('##[', '#\\u0023[');
      const last = /[^\r\n]*$/.exec(text)?.[0] ?? '';
      isBlank = (last.length < text.length || isBlank) && last.trim() === '';
      return output.write(safe);
    },
  };
}
