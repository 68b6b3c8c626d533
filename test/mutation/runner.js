/**
 * Stryker's test runner for pure tests: it imports the test files once, and runs their functions in this very process. Stryker's own
 * runner for Vitest starts a worker and imports everything for each mutant, which takes hours where this takes minutes.
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createServer } from 'vite';

/** What the tests import, and what they get (test/mutation/vitest.ts, test/fast-check.ts). */
const standIns = { vitest: 'test/mutation/vitest.ts', 'fast-check': 'test/fast-check.ts' };

class InProcess {
  static inject = ['options'];
  /** Where instrumented code asks which mutant is active, and counts what it reaches. */
  namespace = {};
  #tests = new Map();
  /** How long each test took when it ran last, and how many mutants of each file it has killed. */
  #took = new Map();
  #killed = new Map();
  /** Whether the loaded modules were imported without a mutant and remember nothing wrong. */
  #isClean = false;

  constructor(options) {
    globalThis.__stryker__ = this.namespace;
    this.settings = options.inProcess;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const standInFor = (source) => standIns[source] && resolve(standIns[source]);
    this.server = await createServer({
      configFile: false,
      appType: 'custom',
      logLevel: 'error',
      server: { middlewareMode: true, watch: null, ws: false },
      optimizeDeps: { noDiscovery: true },
      // What is external is not asked for below.
      ssr: { noExternal: Object.keys(standIns) },
      plugins: [
        {
          name: 'stand-ins',
          enforce: 'pre',
          resolveId: (source, importer) => (importer === standInFor(source) ? undefined : standInFor(source)),
        },
      ],
    });
    this.modules = this.server.environments.ssr.runner;
  }

  async dispose() {
    await this.server.close();
  }

  /** Imports all test files anew. */
  async #load() {
    this.modules.clearCache();
    const { collected } = await this.modules.import(resolve(standIns.vitest));
    this.#tests = new Map();
    for (const file of this.settings.tests.flatMap(testFiles).filter((one) => !this.settings.without.includes(one)))
      for (const test of await collected(resolve(file), () => this.modules.import(resolve(file))))
        this.#tests.set(test.id, test);
  }

  /** @returns the failure's text, or undefined */
  async #fails({ id, run }) {
    const start = performance.now();
    try {
      await run();
      return undefined;
    } catch (error) {
      return String(error?.message ?? error) || 'it failed';
    } finally {
      this.#took.set(id, performance.now() - start);
    }
  }

  async dryRun() {
    Object.assign(this.namespace, { activeMutant: undefined, currentTestId: undefined });
    await this.#load();
    const tests = [];
    for (const test of this.#tests.values()) {
      this.namespace.currentTestId = test.id;
      const failure = await this.#fails(test);
      this.namespace.currentTestId = undefined;
      tests.push({
        id: test.id,
        name: test.id,
        fileName: test.file,
        timeSpentMs: this.#took.get(test.id),
        ...(failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure }),
      });
    }
    this.#isClean = true;
    return { status: 'complete', tests, mutantCoverage: this.namespace.mutantCoverage };
  }

  /**
   * Modules stay loaded from one mutant to the next, and with them what they remember: a test that kills has to pass again without the
   * mutant, and a mutant that survives has to do so again in modules that are imported anew; otherwise what is remembered spoke.
   */
  async mutantRun(asked) {
    const isStatic = asked.mutantActivation === 'static';
    if (!isStatic && this.#isClean) {
      const result = await this.#tried(asked);
      if (result.status === 'timeout' || (result.status === 'killed' && (await this.#passes(result.killedBy[0]))))
        return result;
    }
    this.#isClean = false;
    try {
      this.namespace.activeMutant = isStatic ? asked.activeMutant.id : undefined;
      this.namespace.hitCount = undefined;
      await this.#load();
      this.#isClean = !isStatic;
    } catch (error) {
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    }
    const result = await this.#tried(asked);
    if (result.status === 'killed' && !(await this.#passes(result.killedBy[0]))) this.#isClean = false;
    return result;
  }

  async #passes(id) {
    Object.assign(this.namespace, { activeMutant: undefined, hitCount: undefined });
    return (await this.#fails(this.#tests.get(id))) === undefined;
  }

  async #tried({ activeMutant, testFilter, hitLimit }) {
    Object.assign(this.namespace, {
      activeMutant: activeMutant.id,
      hitLimit,
      hitCount: hitLimit === undefined ? undefined : 0,
    });
    // What kills for the least time goes first.
    const killedBy = ({ id }) => `${activeMutant.fileName} ${id}`;
    const price = (test) => (this.#took.get(test.id) ?? 0) / (1 + (this.#killed.get(killedBy(test)) ?? 0));
    const tests = (testFilter?.map((id) => this.#tests.get(id)) ?? [...this.#tests.values()]).sort(
      (a, b) => price(a) - price(b),
    );
    const start = process.cpuUsage().user;
    for (const [index, test] of tests.entries()) {
      if (process.cpuUsage().user - start > this.settings.milliseconds * 1000)
        return { status: 'survived', nrOfTests: index };
      const failureMessage = await this.#fails(test);
      if (this.namespace.hitCount > hitLimit) {
        this.#isClean = false;
        return { status: 'timeout', reason: 'it goes round and round' };
      }
      if (failureMessage === undefined) continue;
      this.#killed.set(killedBy(test), (this.#killed.get(killedBy(test)) ?? 0) + 1);
      return { status: 'killed', killedBy: [test.id], failureMessage, nrOfTests: index + 1 };
    }
    return { status: 'survived', nrOfTests: tests.length };
  }
}

/** The test files in a folder, or the one that is named. */
function testFiles(place) {
  if (place.endsWith('.test.ts')) return [place];
  return readdirSync(place, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => join(place, file));
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: InProcess }];
