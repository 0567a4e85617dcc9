// Elsa Studio in one page: the address says what is shown, and showing something else exchanges one element. A second boot would cost
// seconds more than an exchange, whose time is that of Studio's own drawing.
import { speakFrench } from "./overlay.js";
import { accessToken, onRenewed, remoteEndpoint, settled } from "./session.js";

// Read once, when Studio starts: dates and the grid's own texts.
localStorage.setItem("BlazorCulture", "fr-FR");

const base = new URL(document.baseURI).pathname;
const stage = document.getElementById("concepteur-stage");
const edit = id => go(`workflows/definitions/${encodeURIComponent(id)}/edit`);
const view = id => go(`workflows/instances/${encodeURIComponent(id)}/view`);

const views = [
  { pattern: /^workflows\/definitions\/?$/, tab: "definitions", title: "Définitions", tag: "elsa-workflow-definition-list", properties: () => ({ editWorkflowDefinition: edit }) },
  { pattern: /^workflows\/definitions\/([^/]+)\/edit\/?$/, tab: "definitions", title: "Définition", tag: "elsa-workflow-definition-editor", properties: id => ({ definitionId: id }) },
  { pattern: /^workflows\/instances\/?$/, tab: "instances", title: "Instances", tag: "elsa-workflow-instance-list", properties: () => ({ viewWorkflowInstance: view }) },
  { pattern: /^workflows\/instances\/([^/]+)\/view\/?$/, tab: "instances", title: "Instance", tag: "elsa-workflow-instance-viewer", properties: id => ({ instanceId: id, editWorkflowDefinition: edit }) },
];

let shown = null;
let provider = null;

function viewAt(pathname) {
  if (!pathname.startsWith(base)) {
    return null;
  }
  const path = pathname.slice(base.length);
  for (const known of views) {
    const match = known.pattern.exec(path);
    if (match) {
      return { ...known, path, argument: match[1] && decodeURIComponent(match[1]) };
    }
  }
  return null;
}

async function show() {
  const wanted = viewAt(location.pathname);
  if (!wanted || wanted.path === shown) {
    return;
  }
  shown = wanted.path;
  document.title = `${wanted.title} — Concepteur — Cleiss`;
  document.getElementById("concepteur-title").textContent = `Concepteur : ${wanted.title.toLowerCase()}`;
  for (const tab of document.querySelectorAll("[data-view]")) {
    tab.toggleAttribute("aria-current", false);
    if (tab.dataset.view === wanted.tab) {
      tab.setAttribute("aria-current", "page");
    }
  }
  const [token] = await Promise.all([accessToken(), customElements.whenDefined(wanted.tag)]);
  if (shown !== wanted.path) {
    return;
  }
  await dispose(stage.firstElementChild);
  provide(token);
  const element = document.createElement(wanted.tag);
  Object.assign(element, { remoteEndpoint, accessToken: token, ...wanted.properties(wanted.argument) });
  stage.append(element);
  document.getElementById("concepteur-wait").hidden = true;
  document.getElementById("concepteur").setAttribute("aria-busy", "false");
}

/** Studio reads endpoint and token when a provider appears; changing them on one that is there does nothing. */
function provide(token) {
  if (provider?.accessToken === token) {
    return;
  }
  const next = document.createElement("elsa-backend-provider");
  Object.assign(next, { remoteEndpoint, accessToken: token });
  dispose(provider);
  document.body.append(next);
  provider = next;
}

/**
 * A removed element lives on for a second, in case it is only moved, and meanwhile two of them would claim the one place Studio has for
 * menus and dialogs. This does at once what it would do then.
 */
async function dispose(element) {
  if (!element) {
    return;
  }
  element.remove();
  clearTimeout(element._disposalTimeoutHandle);
  element._isDisposed = true;
  await (await element._addRootComponentPromise).dispose();
}

/** After an error it did not expect, Studio may no longer take elements away; only a new start helps. */
const broken = () => document.getElementById("blazor-error-ui").checkVisibility();

/** Leaves what is shown once its last change is saved. */
async function go(path) {
  document.activeElement?.blur();
  await settled();
  if (broken()) {
    location.assign(path);
    return;
  }
  if (window.Blazor?.navigateTo && stage.firstElementChild) {
    // Through Studio, which otherwise would write the address it still believes in over ours.
    Blazor.navigateTo(path);
  } else {
    history.pushState(null, "", path);
  }
}

onRenewed(token => {
  if (provider) {
    provide(token);
  }
});

// Studio itself goes to an instance after a run and to the copy after « save as »; nothing would be shown there without us.
for (const method of ["pushState", "replaceState"]) {
  const original = history[method].bind(history);
  history[method] = (...parts) => {
    original(...parts);
    setTimeout(show);
  };
}
window.addEventListener("popstate", () => show());

document.addEventListener("click", event => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target || link.dataset.leave !== undefined) {
    return;
  }
  const address = new URL(link.href);
  const wanted = address.origin === location.origin && viewAt(address.pathname);
  if (wanted) {
    event.preventDefault();
    go(wanted.path);
  }
});

// The list of instances fetches the processes one can filter by, but draws them only when something else makes it draw: a property does.
function redrawInstances() {
  const list = stage.querySelector(":scope > elsa-workflow-instance-list");
  if (list) {
    list.remoteEndpoint = remoteEndpoint;
  }
}

new PerformanceObserver(arrived => {
  if (arrived.getEntries().some(entry => entry.name.includes("versionOptions=LatestOrPublished"))) {
    // Studio reads them after they arrive, on a slow machine much later.
    [100, 1000, 3000].forEach(delay => setTimeout(redrawInstances, delay));
  }
}).observe({ type: "resource" });

speakFrench();
show();
