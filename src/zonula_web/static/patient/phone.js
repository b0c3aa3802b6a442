// Talking to the clinic. Each answer is one of: what was asked for, or why not: offline, signed out, another person, consent, refused, later.
"use strict";
export class Problem extends Error {
  constructor(kind, { why = "", status = 0, wait = 0 } = {}) { super(why || kind); Object.assign(this, { kind, why, status, wait }); }
}
let token = "";
async function ask(address, given = {}) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(30_000), ...given });
  } catch { throw new Problem("offline"); }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new Problem("signed out");
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json().catch(() => ({})) : null;
  if (answer.status === 403 && said?.consent) throw new Problem("consent", { why: said.why });
  if (answer.status === 403) throw new Problem("token");
  if (answer.status === 404) throw new Problem("another person");
  if (answer.status === 429 || answer.status >= 500) throw new Problem("later", { wait: Number(answer.headers.get("Retry-After")) || 0, status: answer.status });
  throw new Problem("refused", { why: said?.why || "", status: answer.status });
}
export async function me() { const said = await ask("/diary/me/"); token = said.csrf; return said; }
const of = (patient, rest) => `/patients/${patient}/diary/${rest}`;
export const form = (patient) => ask(of(patient, "form/"));
async function write(address, given) {
  for (let again = false; ; again = true) {
    if (!token) await me();
    try { return await ask(address, { ...given, headers: { ...given.headers, "X-CSRFToken": token } }); }
    catch (problem) { token = ""; if (again || problem.kind !== "token") throw problem.kind === "token" ? new Problem("later") : problem; }
  }
}
export const sync = (patient, posted) => write(of(patient, "sync/"), { method: "POST", body: JSON.stringify(posted), headers: { "Content-Type": "application/json" } });
export const sendPhoto = (patient, id, bytes) => write(of(patient, `photos/${id}/`), { method: "PUT", body: bytes, headers: { "Content-Type": "image/jpeg" } });
export const dropPhoto = (patient, id) => write(of(patient, `photos/${id}/`), { method: "DELETE" });
export async function consent(patient, data, given) {
  await write(`/patients/${patient}/consent/`, { method: "POST", body: new URLSearchParams({ data, given: given ? "yes" : "no" }) }).catch((problem) => {
    if (problem.kind !== "signed out") throw problem; // the page answers with a redirect when it is written down
  });
}
export async function leave() {
  if (!token) await me();
  await fetch("/account/logout/", { method: "POST", credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(10_000), headers: { "X-CSRFToken": token } });
}
