// What the phone keeps until the clinic has it: entries not sent yet, photos not sent yet, and today's form. Nothing else, and all of it
// encrypted with a key that no script can read out. Each person has a database of their own; signing out removes it.
"use strict";
const TEXT = new TextEncoder();
const done = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
export const canKeep = () => Boolean(globalThis.indexedDB && globalThis.crypto?.subtle);
const LONGEST_FORM = 3 * 86_400_000; // a form older than this says nothing about today

export class Store {
  static async open(owner) {
    const store = new Store();
    store.name = `diary-${owner}`;
    const request = indexedDB.open(store.name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("key");
      request.result.createObjectStore("form");
      request.result.createObjectStore("unsent", { keyPath: "seq", autoIncrement: true });
      request.result.createObjectStore("photos", { keyPath: "id" });
    };
    store.db = await done(request);
    store.db.onversionchange = () => store.db.close();
    store.key = await alone(`${store.name}-key`, async () => {
      const there = await done(store.db.transaction("key").objectStore("key").get("key"));
      if (there) return there;
      const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      await store.put("key", made, "key");
      return made;
    });
    return store;
  }

  async change(name, work) { // resolves when it is on the disk
    const transaction = this.db.transaction(name, "readwrite", { durability: "strict" });
    const ended = new Promise((resolve, reject) => { transaction.oncomplete = resolve; transaction.onabort = transaction.onerror = () => reject(transaction.error); });
    work(transaction.objectStore(name));
    await ended;
  }
  put(name, value, key) { return this.change(name, (store) => store.put(value, key)); }

  async seal(bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, bytes) };
  }
  async unseal({ iv, data }) { return crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, data); }
  sealJson(value) { return this.seal(TEXT.encode(JSON.stringify(value))); }
  async unsealJson(sealed) { return JSON.parse(new TextDecoder().decode(await this.unseal(sealed))); }

  // Entries and meals not sent yet, in the order of writing. tried: it may have reached the clinic already.
  async unsent() {
    const rows = await done(this.db.transaction("unsent").objectStore("unsent").getAll());
    return Promise.all(rows.map(async (row) => ({ ...(await this.unsealJson(row)), seq: row.seq, tried: row.tried, refused: row.refused })));
  }
  async count() { return done(this.db.transaction("unsent").objectStore("unsent").count()); }

  // An entry that was never tried is replaced in its place. One that may have arrived is followed by an edit of what would have arrived.
  write(entry) {
    return alone(`${this.name}-unsent`, async () => {
      const last = (await this.unsent()).filter((one) => one.id === entry.id).pop();
      const replace = last && (!last.tried || last.refused);
      if (replace && entry.deleted && last.base === 0) return this.change("unsent", (store) => store.delete(last.seq));
      const base = last ? (replace ? last.base : last.base + 1) : entry.base;
      const row = { ...(await this.sealJson({ ...entry, base })), tried: 0, refused: "" };
      if (replace) row.seq = last.seq;
      return this.put("unsent", row);
    });
  }
  mark(seqs, changes) {
    return alone(`${this.name}-unsent`, async () => {
      const rows = await Promise.all(seqs.map((seq) => done(this.db.transaction("unsent").objectStore("unsent").get(seq))));
      await this.change("unsent", (store) => rows.filter(Boolean).forEach((row) => store.put({ ...row, ...changes })));
    });
  }
  remove(seqs) { return this.change("unsent", (store) => seqs.forEach((seq) => store.delete(seq))); }

  async keepPhoto(id, bytes) { await this.put("photos", { id, ...(await this.seal(bytes)) }); }
  async photos() { return done(this.db.transaction("photos").objectStore("photos").getAllKeys()); }
  async photo(id) { const row = await done(this.db.transaction("photos").objectStore("photos").get(id)); return row && this.unseal(row); }
  dropPhoto(id) { return this.change("photos", (store) => store.delete(id)); }

  async keepForm(form) { await this.put("form", { at: Date.now(), ...(await this.sealJson(form)) }, "form"); }
  async form() {
    const row = await done(this.db.transaction("form").objectStore("form").get("form"));
    return row && Math.abs(Date.now() - row.at) < LONGEST_FORM ? this.unsealJson(row) : null;
  }
  async wipe() { this.db.close(); await done(indexedDB.deleteDatabase(this.name)); }
}

// Where the address is not secure (plain http) a browser neither encrypts nor works offline: entries live as long as the page.
export class Memory {
  constructor() { this.rows = []; this.pictures = new Map(); this.next = 1; this.kept = null; }
  async unsent() { return structuredClone(this.rows); }
  async count() { return this.rows.length; }
  async write(entry) {
    const last = this.rows.filter((one) => one.id === entry.id).pop();
    const replace = last && (!last.tried || last.refused);
    if (replace && entry.deleted && last.base === 0) { await this.remove([last.seq]); return; }
    const row = { ...entry, base: last ? (replace ? last.base : last.base + 1) : entry.base, tried: 0, refused: "", seq: replace ? last.seq : this.next++ };
    if (replace) this.rows[this.rows.indexOf(last)] = row; else this.rows.push(row);
  }
  async mark(seqs, changes) { for (const row of this.rows) if (seqs.includes(row.seq)) Object.assign(row, changes); }
  async remove(seqs) { this.rows = this.rows.filter((row) => !seqs.includes(row.seq)); }
  async keepPhoto(id, bytes) { this.pictures.set(id, bytes); }
  async photos() { return [...this.pictures.keys()]; }
  async photo(id) { return this.pictures.get(id); }
  async dropPhoto(id) { this.pictures.delete(id); }
  async keepForm(form) { this.kept = form; }
  async form() { return this.kept; }
  async wipe() { this.rows = []; this.pictures.clear(); this.kept = null; }
}
