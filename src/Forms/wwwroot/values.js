// Reads one value as the field types of the server do: the tidy value, or the code and words of what is wrong with it.

/** @returns {{value?: unknown, code?: string, message?: string}} */
export function readValue(field, value) {
  return (readers[field.type] ?? readers.any)(field, value);
}

export function isEmpty(field, value) {
  if (value === null || value === undefined || (field.type === "checkbox" && value === false)) {
    return true;
  }
  if (typeof value === "string") {
    return value.trim() === "";
  }
  if (Array.isArray(value)) {
    return value.length === 0;
  }
  return typeof value === "object" && Object.values(value).every((entry) => isEmpty({}, entry));
}

/** First and last day a tidy, perhaps partial date may mean; null when it is none. ISO texts compare as the days do. */
export function dateRange(iso) {
  if (typeof iso !== "string" || readDate(iso, true) !== iso) {
    return null;
  }
  const [year, month, day] = iso.split("-");
  return day
    ? { first: iso, last: iso }
    : month
      ? { first: `${iso}-01`, last: `${iso}-${daysIn(Number(year), Number(month))}` }
      : { first: `${iso}-01-01`, last: `${iso}-12-31` };
}

/** ISO text of a date as people write it, or null. */
export function readDate(text, partial) {
  const match = /^(?:(?:(?<d>[0-9]{1,2})[/. ])?(?<m>[0-9]{1,2})[/. ])?(?<y>[0-9]{4})$/.exec(text)
    ?? /^(?<y>[0-9]{4})(?:-(?<m>[0-9]{2})(?:-(?<d>[0-9]{2})(?:T00:00(?::00)?Z?)?)?)?$/.exec(text);
  if (!match) {
    return null;
  }
  const [year, month, day] = ["y", "m", "d"].map((part) => (match.groups[part] === undefined ? null : Number(match.groups[part])));
  if (year < 1850 || year > 2200 || (!partial && day === null) || (month !== null && (month < 1 || month > 12)) || (day !== null && (day < 1 || day > daysIn(year, month)))) {
    return null;
  }
  const two = (number) => String(number).padStart(2, "0");
  return String(year) + (month === null ? "" : `-${two(month)}`) + (day === null ? "" : `-${two(day)}`);
}

/** What is wrong with a group that stands for one thing, its parts being right; null for nothing. */
export function judgeBlock(field, block) {
  const part = (name) => (typeof block[name] === "string" && block[name] !== "" ? block[name] : null);
  const order = (from, to, code, message) => {
    const [start, end] = [dateRange(part(from)), dateRange(part(to))];
    return start && end && end.last < start.first ? { code, part: to, message } : null;
  };
  switch (field.type) {
    case "address":
      return judgeAddress(part("pays"), part("codePostal"));
    case "employer":
      return part("siret") && part("pays") && part("pays") !== "FR"
        ? { code: "siret-abroad", part: "siret", message: "Seul un établissement en France a un SIRET : retirez-le, ou corrigez le pays de l'employeur." }
        : null;
    case "person":
      return order("dateNaissance", "dateDeces", "death-before-birth", "Le décès précède la naissance : corrigez l'une des deux dates.");
    case "insurance-period":
      return order("du", "au", "end-before-start", "La fin précède le début : corrigez l'une des deux dates.");
    case "date-range":
      return order("du", "au", "end-before-start", "La fin précède le début : corrigez l'une des deux dates.") ?? judgeLength(field["range.months"], part("du"), part("au"));
    default:
      return null;
  }
}

function judgeLength(months, from, to) {
  const [start, end] = [dateRange(from), dateRange(to)];
  if (!start || !end || !/^[0-9]+$/.test(months ?? "")) {
    return null;
  }
  const [year, month, day] = start.last.split("-").map(Number);
  const total = year * 12 + month - 1 + Math.min(Number(months), 1200);
  const [endYear, endMonth] = [Math.floor(total / 12), (total % 12) + 1];
  const limit = `${endYear}-${String(endMonth).padStart(2, "0")}-${String(Math.min(day, daysIn(endYear, endMonth))).padStart(2, "0")}`;
  return end.first >= limit ? { code: "range-too-long", part: "au", message: `Cette durée dépasse ${months} mois : corrigez les dates.` } : null;
}

const postalCodes = {
  AT: [/^[0-9]{4}$/, "1010"], BE: [/^[0-9]{4}$/, "1000"], CH: [/^[0-9]{4}$/, "1201"], DE: [/^[0-9]{5}$/, "10115"], DZ: [/^[0-9]{5}$/, "16000"],
  ES: [/^[0-9]{5}$/, "28001"], IT: [/^[0-9]{5}$/, "00118"], LU: [/^(L-)?[0-9]{4}$/, "1009"], MA: [/^[0-9]{5}$/, "10000"], MD: [/^(MD-?)?[0-9]{4}$/, "MD-2012"],
  PL: [/^[0-9]{2}-[0-9]{3}$/, "00-950"], PT: [/^[0-9]{4}-[0-9]{3}$/, "1000-001"], RO: [/^[0-9]{6}$/, "010011"], RS: [/^[0-9]{5}$/, "11000"], TN: [/^[0-9]{4}$/, "1000"],
};

function judgeAddress(country, code) {
  if (country && country !== "FR") {
    const rule = Object.hasOwn(postalCodes, country) ? postalCodes[country] : null;
    return code && rule && !rule[0].test(code)
      ? { code: "postal-code", part: "codePostal", message: `Dans ce pays un code postal s'écrit comme ${rule[1]} : corrigez-le, ou laissez-le vide.` }
      : null;
  }
  return code && !/^[0-9]{5}$/.test(code)
    ? { code: "postal-code", part: "codePostal", message: "Un code postal français compte cinq chiffres, par exemple 93100." }
    : null;
}

const daysIn = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

const wrong = (code, message) => ({ code, message });

const compact = (text) => [...text].filter((c) => /[\p{L}\p{Nd}]/u.test(c)).join("").toUpperCase();

const digits = (text, count) => text.length === count && /^[0-9]*$/.test(text);

function readText(field, value, judge) {
  if (typeof value !== "string") {
    return wrong("type", "Une valeur de texte est attendue ici.");
  }
  const text = tidyText(value, field.type === "long-text");
  if (text.length > 20000) {
    return wrong("maxLength", "Ce texte est trop long : 20 000 caractères au plus.");
  }
  if (field.maxLength !== undefined && text.length > field.maxLength) {
    return wrong("maxLength", `Raccourcissez ce texte : ${field.maxLength} caractères au plus, il en compte ${text.length}.`);
  }
  if (field.minLength !== undefined && text.length < field.minLength) {
    return wrong("minLength", `Complétez ce texte : ${field.minLength} caractères au moins.`);
  }
  if (field.pattern && !matches(field.pattern, text)) {
    return wrong("pattern", field["pattern.message"] ?? "Cette valeur n'a pas la forme attendue : relisez l'aide du champ.");
  }
  return judge ? judge(text) : { value: text };
}

function tidyText(raw, keepsLines) {
  const lines = raw.replace(/\0/g, "\ufffd").replace(/\r\n|[\r\n\f\u0085\u2028\u2029]/g, "\n");
  // eslint-disable-next-line no-control-regex
  return lines.replace(/\n|\t/g, (c) => (keepsLines && c === "\n" ? "\n" : " ")).replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "").trim().normalize("NFC");
}

function matches(pattern, text) {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    // An expression only the server's library knows is the server's to judge.
    return true;
  }
}

function readNumber(field, value, decimals) {
  const text = typeof value === "string" ? value.replace(/\s/g, "").replaceAll(",", ".") : typeof value === "number" ? String(value) : "";
  const number = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text) ? Number(text) : NaN;
  if (!(Math.abs(number) < 1e12)) {
    return wrong("number", "Écrivez un nombre, par exemple 12 ou 1 250,50.");
  }
  if (Math.abs(Number(number.toFixed(decimals)) - number) > 1e-9) {
    return wrong("decimals", decimals === 0 ? "Écrivez un nombre entier, sans virgule." : `Écrivez au plus ${decimals} chiffres après la virgule.`);
  }
  const words = (bound) => bound.toLocaleString("fr-FR", { maximumFractionDigits: 6 });
  if (field.min !== undefined && number < field.min) {
    return wrong("min", `La valeur doit être au moins ${words(field.min)}.`);
  }
  return field.max !== undefined && number > field.max ? wrong("max", `La valeur doit être au plus ${words(field.max)}.`) : { value: number };
}

export const OTHER = "__autre";

function readOther(field, raw) {
  if (field.other !== "true") {
    return null;
  }
  const text = raw.trim();
  return text === OTHER
    ? wrong("other-missing", "Précisez votre réponse, ou choisissez-en une autre.")
    : text.length > 200
      ? wrong("maxLength", `Raccourcissez ce texte : 200 caractères au plus, il en compte ${text.length}.`)
      : { value: text };
}

function readChoices(field, value) {
  const refused = wrong("choices", "Cochez seulement des réponses proposées.");
  if (!Array.isArray(value)) {
    return refused;
  }
  let other = null;
  for (const text of value) {
    if (typeof text !== "string") {
      return refused;
    }
    if (!field.choices.includes(text)) {
      const reading = other === null ? readOther(field, text) : null;
      if (!reading || reading.code) {
        return reading ?? refused;
      }
      other = reading.value;
    }
  }
  return { value: [...field.choices.filter((choice) => value.includes(choice)), ...(other === null ? [] : [other])] };
}

function readNir(text) {
  const nir = compact(text);
  if (nir.length === 13) {
    return wrong("nir-key-missing", "Il manque la clé du NIR : ajoutez les deux chiffres qui suivent les treize premiers sur le justificatif.");
  }
  if (nir.length !== 15) {
    return wrong("nir-length", `Un NIR compte 15 caractères, clé comprise ; celui-ci en compte ${nir.length} : complétez-le ou retirez ce qui est en trop.`);
  }
  if (!/^[123478][0-9]{2}(0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])(2[AB]|[0-9]{2})[0-9]{8}$/.test(nir)) {
    return wrong("nir-form", "Ce NIR n'est pas formé comme il faut : sexe (1 ou 2), année, mois, département (2A et 2B pour la Corse), commune, ordre, clé. Relisez-le sur le justificatif.");
  }
  const number = Number(nir.slice(0, 13).replace("2A", "19").replace("2B", "18"));
  return 97 - (number % 97) === Number(nir.slice(13))
    ? { value: nir }
    : wrong("nir-key", "La clé du NIR (les deux derniers chiffres) ne correspond pas aux treize premiers : relisez le numéro chiffre par chiffre sur le justificatif.");
}

function readIdnp(text) {
  const idnp = compact(text);
  if (!digits(idnp, 13)) {
    return wrong("idnp-length", `Un IDNP compte 13 chiffres ; celui-ci compte ${idnp.length} caractères : relisez-le sur la pièce d'identité moldave.`);
  }
  const sum = [...idnp.slice(0, 12)].reduce((total, digit, i) => total + Number(digit) * [7, 3, 1][i % 3], 0);
  return sum % 10 === Number(idnp[12])
    ? { value: idnp }
    : wrong("idnp-key", "Le dernier chiffre de l'IDNP ne correspond pas aux douze premiers : relisez-le chiffre par chiffre sur la pièce d'identité.");
}

function readSiret(text) {
  const siret = compact(text);
  if (!digits(siret, 14)) {
    return wrong("siret-length", `Un SIRET compte 14 chiffres ; celui-ci compte ${siret.length} caractères. Avec 9 chiffres c'est un SIREN : ajoutez les 5 de l'établissement.`);
  }
  const figures = [...siret].map(Number);
  const luhn = figures.toReversed().reduce((total, digit, i) => total + (i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2), 0);
  const post = siret.startsWith("356000000") && figures.reduce((a, b) => a + b, 0) % 5 === 0;
  return luhn % 10 === 0 || post
    ? { value: siret }
    : wrong("siret-key", "Ce SIRET ne passe pas le contrôle : un chiffre est faux ou deux sont inversés. Relisez-le sur un bulletin de paie ou sur l'annuaire des entreprises.");
}

const ibanLengths = {
  AD: 24, AT: 20, BA: 20, BE: 16, BG: 22, BR: 29, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18, FR: 27, GB: 22, GR: 27, HR: 21, HU: 28, IE: 22, IL: 23,
  IS: 26, IT: 27, LI: 21, LT: 20, LU: 20, LV: 21, MC: 27, MD: 24, ME: 22, MK: 19, MT: 31, MU: 30, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, RS: 22, SE: 24, SI: 19, SK: 24,
  SM: 27, TN: 24, TR: 26, UA: 29, XK: 20,
};

function readIban(text) {
  const iban = compact(text);
  const length = Object.hasOwn(ibanLengths, iban.slice(0, 2)) ? ibanLengths[iban.slice(0, 2)] : iban.length;
  if (iban.length !== length) {
    return wrong("iban-length", `Un IBAN qui commence par ${iban.slice(0, 2)} compte ${length} caractères ; celui-ci en compte ${iban.length}.`);
  }
  let rest = 0;
  for (const c of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(c, 36);
    rest = ((value > 9 ? rest * 100 : rest * 10) + value) % 97;
  }
  return /^[A-Z]{2}[A-Z0-9]{13,32}$/.test(iban) && rest === 1
    ? { value: iban }
    : wrong("iban-key", "Cet IBAN ne passe pas le contrôle : recopiez-le du relevé d'identité bancaire, les lettres de pays comprises.");
}

function readPhone(text) {
  const plus = text.startsWith("+");
  const figures = text.replace(/[^0-9]/g, "");
  const international = plus || figures.startsWith("00");
  return /^[0-9\s.\-()/]*$/.test(plus ? text.slice(1) : text) && figures.length >= 6 && figures.length <= 15
    ? { value: international ? "+" + (plus ? figures : figures.slice(2)) : figures }
    : wrong("phone", "Écrivez un numéro de téléphone, avec l'indicatif pour l'étranger : 01 45 26 33 41 ou +373 22 257 825.");
}

const demand = (field, value, pattern, code, message, tidy = (text) => text) =>
  readText(field, value, (text) => (pattern.test(tidy(text)) ? { value: tidy(text) } : wrong(code, message)));

const oneOf = (field, value, code, message) =>
  typeof value === "string" ? (field.choices.includes(value) ? { value } : (readOther(field, value) ?? wrong(code, message))) : wrong(code, message);

const readers = {
  any: (field, value) => ({ value }),
  text: (field, value) => readText(field, value),
  "long-text": (field, value) => readText(field, value),
  "person-name": (field, value) =>
    readText(field, value, (text) => (/\p{Nd}/u.test(text) || !/\p{L}/u.test(text)
      ? wrong("person-name", "Un nom ne contient que des lettres, des espaces, des apostrophes et des traits d'union : retirez le reste.")
      : { value: text })),
  number: (field, value) => readNumber(field, value, Math.min(6, Number(field.decimals ?? 0) || 0)),
  amount: (field, value) => readNumber(field, value, 2),
  date: (field, value) => {
    const iso = typeof value === "string" ? readDate(value.trim(), field["date.partial"] === "true") : null;
    return iso
      ? { value: iso }
      : wrong("date", field["date.partial"] === "true"
        ? "Écrivez une date qui existe : 10/03/1958, ou 03/1958, ou 1958 si le reste est inconnu."
        : "Écrivez une date qui existe, jour/mois/année, par exemple 10/03/2025.");
  },
  checkbox: (field, value) => (value === true ? { value } : wrong("boolean", "Cochez ou décochez la case.")),
  "yes-no": (field, value) => {
    const answer = value === true ? "oui" : value === false ? "non" : value;
    return answer === "oui" || answer === "non" ? { value: answer } : wrong("yes-no", "Répondez par oui ou par non.");
  },
  choice: (field, value) => oneOf(field, value, "choice", "Choisissez une des réponses proposées."),
  radio: (field, value) => oneOf(field, value, "choice", "Choisissez une des réponses proposées."),
  choices: readChoices,
  nir: (field, value) => readText(field, value, readNir),
  idnp: (field, value) => readText(field, value, readIdnp),
  siret: (field, value) => readText(field, value, readSiret),
  iban: (field, value) => readText(field, value, readIban),
  phone: (field, value) => readText(field, value, readPhone),
  bic: (field, value) =>
    demand(field, value, /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, "bic", "Un BIC compte 8 ou 11 caractères, par exemple AGRNMD2X : recopiez-le du relevé d'identité bancaire.", compact),
  email: (field, value) =>
    demand(field, value, /^(?=.{1,254}$)[^\s@<>"(),:;\\[\]]{1,64}@[\p{L}\p{Nd}]([\p{L}\p{Nd}-]*[\p{L}\p{Nd}])?(\.[\p{L}\p{Nd}]([\p{L}\p{Nd}-]*[\p{L}\p{Nd}])?)+$/u, "email",
      "Écrivez une adresse complète, par exemple nom@organisme.fr."),
  "foreign-id": (field, value) =>
    demand(field, value, /^[\p{L}\p{Nd}][\p{L}\p{Nd} ./-]{0,39}$/u, "foreign-id",
      "Écrivez seulement les lettres, chiffres, points, barres et traits d'union de l'identifiant (40 caractères au plus).", (text) => text.toUpperCase()),
  "institution-code": (field, value) =>
    demand(field, value, /^[A-Za-z0-9][A-Za-z0-9.\-:]{1,19}$/, "institution-code", "Un code d'organisme compte 2 à 20 lettres, chiffres, points ou traits d'union.",
      (text) => text.toUpperCase()),
  file: (field, value) => {
    const id = typeof value === "string" ? value : typeof value?.id === "string" ? value.id : "";
    return /^[A-Za-z0-9][A-Za-z0-9\-_]{0,79}$/.test(id) ? { value } : wrong("file", "Joignez le fichier de nouveau : son envoi n'a pas abouti.");
  },
};
