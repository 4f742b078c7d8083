/** Replays the stories of `tests/stories/` through the package's own methods, in Node and in a page. */

const LISTED = /^\$([a-z][A-Za-z0-9_.]*)$/;

/** What is kept of a step, by its word. */
export class Kept {
  words = {};

  path(path) {
    const [word, ...parts] = path.split(".");
    return parts.reduce((value, part) => value[part], this.words[word]);
  }

  fill(value) {
    if (typeof value === "string") {
      const whole = LISTED.exec(value);
      if (whole) return this.path(whole[1]);
      return value.replace(/\$\{([^}]*)\}/g, (_, within) => String(this.path(within)));
    }
    if (Array.isArray(value)) return value.map((item) => this.fill(item));
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.fill(item)]));
    }
    return value;
  }
}

/** The first place where an answer does not match, in words. */
export function mismatch(answer, pattern, place) {
  const shown = JSON.stringify(answer);
  if (Array.isArray(pattern)) {
    if (!Array.isArray(answer) || answer.length !== pattern.length) {
      return `${place} should have ${pattern.length} entries, but is ${shown}`;
    }
    return first(pattern.map((inner, at) => mismatch(answer[at], inner, `${place}.${at}`)));
  }
  if (typeof pattern === "object" && pattern !== null) {
    if ("$some" in pattern) return (answer ?? null) === null ? `${place} should be there` : undefined;
    if ("$length" in pattern) {
      const fits = Array.isArray(answer) && answer.length === pattern.$length;
      return fits ? undefined : `${place} should have ${pattern.$length} entries, but is ${shown}`;
    }
    if ("$has" in pattern) {
      const fits = Array.isArray(answer) && assigned(answer, pattern.$has, new Set());
      return fits ? undefined : `${place} should have all of ${JSON.stringify(pattern.$has)}, but is ${shown}`;
    }
    return first(Object.entries(pattern).map(([name, inner]) => mismatch(answer?.[name], inner, `${place}.${name}`)));
  }
  return (answer ?? null) === pattern ? undefined : `${place} should be ${JSON.stringify(pattern)}, not ${shown}`;
}

function first(problems) {
  return problems.find((problem) => problem !== undefined);
}

/** Whether every pattern finds an entry of its own. */
function assigned(answers, [wanted, ...more], taken) {
  if (wanted === undefined) return true;
  return answers.some(
    (answer, at) =>
      !taken.has(at) &&
      mismatch(answer, wanted, "") === undefined &&
      assigned(answers, more, new Set([...taken, at])),
  );
}

function holds(condition, label) {
  if (!condition) throw new Error(label);
}

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** Runs an operation through the method that the package has for it. */
async function call(session, operation, input) {
  const [kind, verb] = operation.split(".");
  const operations = session[kind === "org" ? "organisation" : camel(kind)];
  const answer = operations[camel(verb)](input);
  return "page" in answer ? answer.page() : answer;
}

/** A story under way. `nexa` is the package, `clock` sets the time, `read` reads a file of the project. */
class Runner {
  kept = new Kept();
  seen = 0;

  constructor({ nexa, crm, clock, read, kinds }, story) {
    Object.assign(this, { nexa, crm, clock, read, kinds, story });
  }

  async replay() {
    const { admin, as: _, name, ...rest } = this.story.org;
    await this.clock(this.story.clock);
    this.admin = await this.crm.createOrg(name, { admin: { name: admin.name, email: admin.email }, ...rest });
    this.kept.words.org = { id: this.admin.org };
    this.kept.words[admin.as] = { id: this.admin.userId, name: admin.name };
    await this.events();
    for (const step of this.story.steps) await this.step(step);
    holds((await this.admin.ledger.verify()).events === this.seen, "the ledger has other events");
    return this.seen;
  }

  /** The events since the last look; their numbers have no gap. */
  async events() {
    const found = [];
    for await (const event of this.crm.feed(this.admin.org, { after: this.position })) {
      this.seen += 1;
      holds(event.seq === this.seen, `event ${event.seq} follows ${this.seen - 1}`);
      this.position = event.position;
      found.push(event);
    }
    return found;
  }

  session({ as: word = "system:story", why }) {
    const [sort, rest] = word.split(":");
    const org = this.admin.org;
    const session =
      sort === "system" && rest
        ? this.crm.system(org, rest)
        : sort === "service" && rest
          ? this.crm.session({ org, service: rest })
          : this.crm.session({ org, user: this.kept.path(`${word}.id`) });
    return why === undefined ? session : session.with({ reason: why });
  }

  async call(session, step) {
    if ("upload" in step) {
      const bytes = atob(await this.read(step.file, "base64"));
      return session.upload(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)), { name: step.upload });
    }
    const operation = step.run ?? step.read;
    if (operation !== undefined) return call(session, operation, this.kept.fill(step.with ?? {}));
    const options = {};
    for (const name of ["set", "match_on", "policy"]) if (name in step) options[name] = this.kept.fill(step[name]);
    if ("map" in step) options.mapping = this.kept.fill(step.map);
    return session[camel(step.import)].importCsvFile(await this.read(step.file), options);
  }

  async step(step) {
    const label = `${this.story.name}: ${step.tell}`;
    if ("needs" in step) {
      holds(!this.kinds.includes(step.needs), label);
      return;
    }
    if ("at" in step) await this.clock(step.at);
    this.at = step.at ?? this.at ?? this.story.clock;
    if (step.tick) {
      await this.crm.tick(this.admin.org);
      await this.events();
    }
    const session = this.session(step);
    if ("repeat" in step) return this.repeat(session, step);
    let answer, refused;
    try {
      answer = await this.call(session, step);
    } catch (problem) {
      if (!(problem instanceof this.nexa.NexaError) || !("refuse" in step)) {
        throw new Error(`${label} was refused: ${problem.stack} ${JSON.stringify(problem)}`, { cause: problem });
      }
      refused = problem;
    }
    await this.checkEvents(step, label, session, refused === undefined);
    if ("refuse" in step) {
      holds(refused !== undefined, `${label} should be refused, but answered ${JSON.stringify(answer)}`);
      const problem = mismatch(refused.toJSON(), this.kept.fill(step.refuse), "the refusal");
      holds(problem === undefined, `${label} ${problem}`);
      return;
    }
    if ("expect" in step) {
      const problem = mismatch(answer, this.kept.fill(step.expect), "the answer");
      holds(problem === undefined, `${label} ${problem}`);
    }
    if ("keep" in step) this.kept.words[step.keep] = answer;
  }

  async repeat(session, step) {
    const rounds =
      typeof step.repeat === "number"
        ? Array.from({ length: step.repeat }, (_, at) => at + 1)
        : (await this.call(session, step.repeat)).items;
    holds(rounds.length === (step.count ?? rounds.length), step.tell);
    for (const one of rounds) {
      this.kept.words[step.each ?? "round"] = one;
      for (const inner of step.steps) await this.step(inner);
    }
  }

  async checkEvents(step, label, session, done) {
    const operation = step.run ?? step.read ?? `${step.import}.import_csv`;
    const silent = "read" in step || "upload" in step;
    const events = await this.events();
    holds((!silent && done) || events.length === 0, `${label} wrote events, though it changed nothing`);
    for (const event of events) {
      const whole = [Date.parse(event.at), event.actor, event.command, event.reason ?? undefined];
      const wanted = [Date.parse(this.at), session.actor, operation, step.why];
      holds(JSON.stringify(whole) === JSON.stringify(wanted), `${label}: ${whole} should be ${wanted}`);
    }
    if (!("events" in step)) return;
    holds(events.length === step.events.length, `${label} left ${JSON.stringify(events)}`);
    const problem = mismatch(events, { $has: this.kept.fill(step.events) }, "the events");
    holds(problem === undefined, `${label} ${problem}`);
  }
}

/** Replays a story, and answers how many events it left. */
export async function replay(stage, story) {
  return new Runner(stage, story).replay();
}
