// Studio's own labels are English only. This replaces the whole text of a label, wherever Studio writes one, by its line in
// textes-fr.json. Words of people are left alone by where they stand: the drawing, cells of tables, names on tabs, what is typed, code.

const words = fetch(new URL("textes-fr.json", import.meta.url)).then(answer => answer.json());

// Names given by people, and what our server already sends in French.
const theirs = [
  ".x6-graph", ".react-flow", ".elsa-designer", ".state-machine-designer__state-title", ".state-machine-designer__state-edge", ".state-machine-designer__value",
  ".state-machine-designer__transition-route", ".state-machine-designer__transition-name",
  ".monaco-editor", ".monaco-aria-container", "[contenteditable=true]", "textarea", "option", "pre", "code",
  "tbody td", ".mud-chip", ".mud-breadcrumbs", ".mud-treeview-item", ".mud-expand-panel", ".mud-timeline-item-content .mud-typography-body2",
  ".mud-dynamic-tabs > .mud-tabs-tabbar .mud-tabs-tabbar-wrapper > :first-child",
  ".concepteur-bar",
].join(",");

// Studio's words inside such places.
const ours = ".mud-menu-list, .mud-breadcrumbs > :first-child, td .mud-input-label, .mud-table-empty-row, .mud-button-label, .mud-alert, td[data-label=SubStatus] .mud-chip";

// Lists of choices hold variables and processes too: only a few fixed words of Studio are replaced there.
const choosing = ".mud-select .mud-input-slot, .mud-list-item:not(.mud-menu-list *), td[data-label=SubStatus] .mud-chip, .mud-timeline-item-content .mud-typography-subtitle2";

// Panels of facts whose first column is Studio's; in others it holds names of inputs, outputs and variables.
const facts = new Set(["Workflow", "Processus", "Activity", "Activité", "Information", "Informations", "Details", "Détails", "Execution Details", "Détails de l’exécution"]);
const stateRows = new Set(["Status", "Statut", "Sub status", "Statut détaillé", "Readonly", "Lecture seule", "Incident Strategy", "En cas d’incident"]);
const attributes = ["title", "placeholder", "aria-label"];

let texts = new Map();
let choices = new Map();
let patterns = [];

/** Whose words stand here, and in which dictionary they are looked up; null when they are people's. */
function dictionaryAt(element) {
  if (element.closest(choosing)) {
    return choices;
  }
  const cell = element.closest("tr.hover-row > td");
  if (cell && !element.closest(ours)) {
    return factAt(cell);
  }
  if (element.closest("tbody td") && isState(element.closest("tbody td"))) {
    return choices;
  }
  const own = element.closest(ours);
  const their = element.closest(theirs);
  if (their && !(own && their.contains(own))) {
    return null;
  }
  // What floats above the page belongs to the place that opened it.
  const floating = element.closest("[id^=popovercontent-]");
  const anchor = floating && !own && document.getElementById(floating.id.replace("popovercontent-", "popover-"));
  return anchor ? dictionaryAt(anchor.parentElement ?? anchor) : texts;
}

/** A column that Studio heads « Status » holds its own words in every row. */
function isState(cell) {
  const heading = cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
  return stateRows.has(heading?.textContent.trim());
}

function factAt(cell) {
  const row = cell.parentElement;
  if (cell.cellIndex === 0) {
    const panel = row.closest(".mud-table")?.parentElement;
    return facts.has(panel?.firstElementChild?.textContent.trim()) ? texts : null;
  }
  return stateRows.has(row.cells[0].textContent.trim()) ? choices : null;
}

function translated(text, dictionary) {
  const bare = text.replace(/\s+/g, " ").trim();
  if (bare === "") {
    return null;
  }
  let found = dictionary.get(bare);
  if (found === undefined && dictionary === texts) {
    for (const { expression, french } of patterns) {
      const match = expression.exec(bare);
      if (match) {
        found = french.replace(/\{(\d)\}/g, (_, index) => match[Number(index) + 1]);
        break;
      }
    }
  }
  return found === undefined || found === bare ? null : found;
}

function replaceText(node) {
  const dictionary = node.parentElement && dictionaryAt(node.parentElement);
  const french = dictionary && translated(node.data, dictionary);
  if (french !== null && french !== undefined) {
    node.data = node.data.replace(node.data.trim(), () => french);
  }
}

function replaceAttributes(element) {
  for (const name of attributes) {
    const value = element.getAttribute(name);
    // A placeholder is Studio's even where what is typed is not.
    const dictionary = value && (name === "placeholder" ? texts : dictionaryAt(element));
    const french = dictionary && translated(value, dictionary);
    if (french) {
      element.setAttribute(name, french);
    }
  }
}

function replaceBelow(root) {
  if (root.nodeType === Node.TEXT_NODE) {
    replaceText(root);
    return;
  }
  if (root.nodeType !== Node.ELEMENT_NODE || root.closest(".monaco-editor, script, style")) {
    return;
  }
  replaceAttributes(root);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      replaceText(node);
    } else {
      replaceAttributes(node);
    }
  }
}

/** Begins to speak French, for what is there and for all that comes. */
export async function speakFrench() {
  const dictionary = await words;
  texts = new Map(Object.entries(dictionary.texts));
  choices = new Map(Object.entries(dictionary.choices));
  patterns = Object.entries(dictionary.patterns).map(([english, french]) => ({
    expression: new RegExp("^" + english.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\d\}/g, "(.+?)") + "$"),
    french,
  }));
  replaceBelow(document.body);
  new MutationObserver(changes => {
    for (const change of changes) {
      if (change.type === "characterData") {
        replaceText(change.target);
      } else if (change.type === "attributes") {
        replaceAttributes(change.target);
      } else {
        change.addedNodes.forEach(replaceBelow);
      }
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes });
}
