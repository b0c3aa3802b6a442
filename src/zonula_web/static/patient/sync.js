// Sending what is on the phone. Whatever is cut off when: an entry leaves the phone only after the clinic said that it has it, and the same
// entry sent again is the same entry.
"use strict";
import * as phone from "./phone.js";
const MOST = 100, FIRST_WAIT = 5_000, LONGEST_WAIT = 300_000;

export class Sync {
  // tell({ standing, unsent }): called when something changed. standing: sent, sending, offline, signed out, another person, consent, later.
  constructor(store, owner, tell) { Object.assign(this, { store, owner, tell, wait: FIRST_WAIT, timer: 0, running: null, again: false, standing: "" }); }

  // One run at a time; what is asked for meanwhile runs once more after it.
  run() {
    if (this.stopped) return Promise.resolve();
    if (this.running) { this.again = true; return this.running; }
    clearTimeout(this.timer);
    this.running = (async () => {
      do { this.again = false; await this.once(); } while (this.again);
    })().finally(() => { this.running = null; });
    return this.running;
  }
  stop() { this.stopped = true; clearTimeout(this.timer); }
  async once() {
    const work = async () => {
      try {
        await this.say("sending");
        const who = await phone.me();
        if (who.patient !== this.owner) throw new phone.Problem("another person");
        await this.entries();
        await this.photos();
        const form = await phone.form(this.owner);
        await this.store.keepForm(form);
        this.wait = FIRST_WAIT;
        await this.say("sent", form);
      } catch (problem) {
        if (!(problem instanceof phone.Problem)) throw problem;
        if (problem.kind === "offline" || problem.kind === "later") {
          this.timer = setTimeout(() => this.run(), Math.max(this.wait, problem.wait * 1000));
          this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
        }
        await this.say(problem.kind);
      }
    };
    return navigator.locks ? navigator.locks.request(`sync-${this.owner}`, work) : work();
  }
  async say(standing, form) { this.standing = standing; await this.tell({ standing, unsent: await this.store.unsent(), form }); }

  async entries() {
    for (let most = MOST; ;) {
      const batch = first((await this.store.unsent()).filter((one) => !one.refused), most);
      if (!batch.length) return;
      await this.store.mark(batch.map((one) => one.seq), { tried: 1 });
      let answer;
      try { answer = await phone.sync(this.owner, posted(batch)); }
      catch (problem) {
        if (problem.kind !== "refused") throw problem;
        // Taken as a whole it is refused: find the one that cannot be taken, so that it does not hold up the others.
        if (batch.length > 1) most = Math.ceil(batch.length / 2);
        else await this.store.mark([batch[0].seq], { refused: problem.why || "The clinic could not take this entry." });
        continue;
      }
      most = MOST;
      await this.arrived(batch, answer);
    }
  }
  async arrived(batch, answer) {
    const refused = new Map(answer.refused.map((one) => [one.id, one.why]));
    const disputed = new Set(answer.disputed);
    const safe = batch.filter((one) => !refused.has(one.id));
    // The form learns what the clinic now has before the phone forgets it, so that nothing seems to vanish meanwhile.
    const form = await this.store.form();
    if (form) {
      for (const { id, base, kind, body, deleted } of safe.filter((one) => one.kind !== "named meal" && !disputed.has(one.id))) {
        form.entries = form.entries.filter((one) => one.id !== id);
        form.entries.push({ id, revision: base + 1, kind, body, deleted, conflict_of: null });
      }
      await this.store.keepForm(form);
    }
    await this.store.remove(safe.map((one) => one.seq));
    for (const one of batch) if (refused.has(one.id)) await this.store.mark([one.seq], { refused: refused.get(one.id) });
  }
  async photos() {
    for (const id of await this.store.photos()) {
      try { await phone.sendPhoto(this.owner, id, await this.store.photo(id)); }
      catch (problem) { if (problem.kind !== "refused") throw problem; }
      await this.store.dropPhoto(id);
    }
  }
}
// Of each entry its first writing only: the later ones build on its revision.
function first(rows, most) {
  const seen = new Set(rows.filter((one) => one.refused).map((one) => one.id));
  return rows.filter((one) => !seen.has(one.id) && seen.add(one.id)).slice(0, most);
}
function posted(batch) {
  const meals = batch.filter((one) => one.kind === "named meal").map(({ id, body, deleted }) => ({ id, ...body, deleted }));
  const entries = batch.filter((one) => one.kind !== "named meal")
    .map(({ id, base, kind, body, recorded_at, deleted }) => ({ id, base, kind, body, recorded_at, deleted }));
  return { entries, meals };
}
