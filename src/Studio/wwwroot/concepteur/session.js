// Elsa's API takes tokens only: the page exchanges its cookie for one, renews it before it ends, and puts it on every call of Studio.
// When the sign-in itself is lost, calls wait until the person is signed in again; nothing that was about to be saved is dropped.

const browserFetch = window.fetch.bind(window);
const elsa = new URL("../elsa/", document.baseURI).href;
const api = new URL("../api/", document.baseURI).href;
const renewBefore = 5 * 60;

// Tells the server which page was served which revision of a draft, so that the second of two owners hears of the first.
const page = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");

const listeners = [];
let person = null;
let current = null;
let exchange = null;
let writing = 0;

export const remoteEndpoint = elsa + "api";

/** The token, asking for one when there is none yet. */
export async function accessToken() {
  return current ?? await renew();
}

/** Called with every new token, so that what Studio does outside fetch (its WebSocket) gets it too. */
export function onRenewed(listener) {
  listeners.push(listener);
}

/** Resolves when Studio has no unfinished call that changes something. */
export async function settled() {
  const limit = performance.now() + 5000;
  do {
    await new Promise(resolve => setTimeout(resolve, 50));
  } while (writing > 0 && performance.now() < limit);
}

function renew() {
  exchange ??= exchangeCookie().finally(() => { exchange = null; });
  return exchange;
}

async function exchangeCookie() {
  for (let attempt = 0; ; attempt++) {
    const outcome = await askOnce().catch(() => "unreachable");
    if (typeof outcome === "object") {
      current = outcome.accessToken;
      setTimeout(renew, Math.max(30, outcome.expiresIn - renewBefore) * 1000);
      listeners.forEach(listener => listener(current));
      return current;
    }
    if (outcome === "unreachable") {
      await new Promise(resolve => setTimeout(resolve, Math.min(30, 2 ** attempt) * 1000));
    } else {
      await signedInAgain(outcome);
    }
  }
}

async function askOnce() {
  const session = await browserFetch(api + "session", { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!session.ok) {
    return session.status === 401 || session.status === 403 ? "signed-out" : "unreachable";
  }
  const { id, antiforgeryToken } = await session.json();
  person ??= id;
  if (id !== person) {
    return "other-person";
  }
  const token = await browserFetch(api + "session/token", { method: "POST", headers: { "X-CSRF-TOKEN": antiforgeryToken } });
  return token.ok ? await token.json() : "unreachable";
}

function signedInAgain(reason) {
  const dialog = document.getElementById("concepteur-session");
  document.getElementById("concepteur-session-other").hidden = reason !== "other-person";
  if (!dialog.open) {
    dialog.showModal();
  }
  return new Promise(resolve => {
    const again = new AbortController();
    const done = () => {
      again.abort();
      dialog.close();
      resolve();
    };
    document.getElementById("concepteur-session-retry").addEventListener("click", done, { signal: again.signal });
    window.addEventListener("focus", done, { signal: again.signal });
    dialog.addEventListener("cancel", event => event.preventDefault(), { signal: again.signal });
  });
}

async function sendWithToken(request) {
  const token = await accessToken();
  const answer = await send(request, token);
  if (answer.status !== 401) {
    return answer;
  }
  if (current === token) {
    current = null;
  }
  return send(request, await accessToken());
}

function send(request, token) {
  const attempt = new Request(request.clone());
  attempt.headers.set("Authorization", "Bearer " + token);
  attempt.headers.set("X-Cleiss-Page", page);
  return browserFetch(attempt);
}

window.fetch = async (input, init) => {
  const address = new URL(input instanceof Request ? input.url : input, document.baseURI).href;
  if (!address.startsWith(elsa)) {
    return browserFetch(input, init);
  }
  const request = new Request(input, init);
  const writes = request.method !== "GET" && request.method !== "HEAD";
  writing += writes ? 1 : 0;
  try {
    return await sendWithToken(request);
  } finally {
    writing -= writes ? 1 : 0;
  }
};

window.addEventListener("beforeunload", event => {
  if (writing > 0) {
    event.preventDefault();
  }
});
