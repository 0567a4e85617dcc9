// Conditions and calculations as the designer shows them, written to and read from FEEL. What was written by hand and does not fit stays FEEL.

const TEXT = JSON.stringify;

// ---- conditions: { all: bool, tests: [{ path, is, value }] } ----

/** FEEL of a condition; empty without tests. */
export function writeCondition(condition) {
  return condition.tests.map(writeTest).join(condition.all ? ' and ' : ' or ');
}

function writeTest({ path, is, value }) {
  switch (is) {
    case 'filled': return `${path} != null`;
    case 'empty': return `${path} = null`;
    case 'checked': return `${path} = true`;
    case 'unchecked': return `${path} != true`;
    case 'equals': return `${path} = ${TEXT(value)}`;
    case 'differs': return `${path} != ${TEXT(value)}`;
    case 'contains': return `list contains(${path}, ${TEXT(value)})`;
    case 'one-of': return `list contains([${value.map(TEXT).join(', ')}], ${path})`;
    case 'before': return `date(${path}) < date(${TEXT(value)})`;
    case 'after': return `date(${path}) > date(${TEXT(value)})`;
    case 'field>=': case 'field<=': case 'field>': case 'field<': case 'field=': case 'field!=': return `${path} ${is.slice(5)} ${value}`;
    case 'rows': return `count(${path}) >= ${number(value)}`;
    default: return `${path} ${is} ${number(value)}`;
  }
}

const number = value => Number.isFinite(Number(value)) && value !== '' ? String(Number(value)) : '0';

const PATH = '[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*)*';
const STRING = '"(?:[^"\\\\]|\\\\.)*"';
const NUMBER = '-?[0-9]+(?:\\.[0-9]+)?';
const shapes = [
  [`(${PATH}) = null`, m => ({ path: m[1], is: 'empty' })],
  [`(${PATH}) != null`, m => ({ path: m[1], is: 'filled' })],
  [`(${PATH}) = true`, m => ({ path: m[1], is: 'checked' })],
  [`(${PATH}) != true`, m => ({ path: m[1], is: 'unchecked' })],
  [`(${PATH}) = (${STRING})`, m => ({ path: m[1], is: 'equals', value: JSON.parse(m[2]) })],
  [`(${PATH}) != (${STRING})`, m => ({ path: m[1], is: 'differs', value: JSON.parse(m[2]) })],
  [`list contains\\(\\[((?:${STRING}(?:\\s*,\\s*)?)+)\\], ?(${PATH})\\)`, m => ({ path: m[2], is: 'one-of', value: JSON.parse(`[${m[1]}]`) })],
  [`list contains\\((${PATH}), ?(${STRING})\\)`, m => ({ path: m[1], is: 'contains', value: JSON.parse(m[2]) })],
  [`date\\((${PATH})\\) < date\\((${STRING})\\)`, m => ({ path: m[1], is: 'before', value: JSON.parse(m[2]) })],
  [`date\\((${PATH})\\) > date\\((${STRING})\\)`, m => ({ path: m[1], is: 'after', value: JSON.parse(m[2]) })],
  [`count\\((${PATH})\\) >= (${NUMBER})`, m => ({ path: m[1], is: 'rows', value: m[2] })],
  [`(${PATH}) (=|!=|>=|<=|>|<) (${NUMBER})`, m => ({ path: m[1], is: m[2], value: m[3] })],
  [`(${PATH}) (=|!=|>=|<=|>|<) (${PATH})`, m => ({ path: m[1], is: `field${m[2]}`, value: m[3] })],
].map(([source, read]) => [new RegExp(`^${source}`), read]);

/** The condition a FEEL text says; null when it says more than the designer can show. */
export function readCondition(feel) {
  let rest = feel.trim();
  const tests = [];
  let joined = null;
  while (rest) {
    const found = shapes.map(([shape, read]) => [shape.exec(rest), read]).find(([match]) => match);
    if (!found) {
      return null;
    }
    tests.push(found[1](found[0]));
    rest = rest.slice(found[0][0].length);
    if (rest.trim()) {
      const link = /^\s+(and|or)\s+/.exec(rest);
      if (!link || (joined !== null && joined !== link[1])) {
        return null;
      }
      joined = link[1];
      rest = rest.slice(link[0].length);
    } else {
      rest = '';
    }
  }
  return tests.length === 0 ? null : { all: joined !== 'or', tests };
}

// ---- showing: form-js hides when an expression is true; owners say when a field shows ----

/** { when: 'always' | 'shown' | 'hidden', feel: the condition by itself }. */
export function readVisibility(hide) {
  const feel = (hide ?? '').trim().replace(/^=/, '').trim();
  if (!feel) {
    return { when: 'always', feel: '' };
  }
  const shown = /^\((.*)\) != true$/s.exec(feel)?.[1] ?? /^not\((.*)\)$/s.exec(feel)?.[1];
  return shown !== undefined && readCondition(shown) ? { when: 'shown', feel: shown } : { when: 'hidden', feel };
}

/** « != true » rather than « not »: while nothing is answered a comparison is neither true nor false, and the field must stay hidden. */
export function writeVisibility({ when, feel }) {
  return when === 'always' || !feel ? undefined : { hide: when === 'shown' ? `=(${feel}) != true` : `=${feel}` };
}

// ---- calculations ----

/** { kind, parts: [path…] }; kind « formula » where only FEEL can say it. */
export function readCalculation(expression) {
  const feel = (expression ?? '').trim().replace(/^=/, '').trim();
  const one = (source, kind) => {
    const match = new RegExp(`^${source}$`).exec(feel);
    return match && { kind, parts: match.slice(1) };
  };
  const sum = new RegExp(`^sum\\((${PATH})\\[([A-Za-z_][A-Za-z0-9_]*) != null\\]\\.\\2\\)$`).exec(feel);
  if (sum) {
    return { kind: 'sum', parts: [`${sum[1]}.${sum[2]}`] };
  }
  const days = one(`\\(date\\((${PATH})\\) - date\\((${PATH})\\)\\)\\.days`, 'days');
  if (days) {
    return { kind: 'days', parts: [days.parts[1], days.parts[0]] };
  }
  for (const [sign, kind] of [['\\+', 'add'], ['-', 'subtract'], ['\\*', 'multiply']]) {
    if (new RegExp(`^${PATH}(?: ${sign} ${PATH})+$`).test(feel)) {
      return { kind, parts: feel.split(new RegExp(` ${sign} `)) };
    }
  }
  return one(`count\\((${PATH})\\)`, 'count') ?? { kind: 'formula', parts: [], feel };
}

export function writeCalculation({ kind, parts, feel }) {
  const given = parts.filter(Boolean);
  if (kind === 'formula') {
    return feel ? `=${feel}` : undefined;
  }
  const enough = { sum: 1, count: 1, days: 2, add: 2, subtract: 2, multiply: 2 }[kind];
  if (given.length < enough) {
    return undefined;
  }
  switch (kind) {
    case 'sum': {
      const dot = given[0].lastIndexOf('.');
      const [rows, column] = [given[0].slice(0, dot), given[0].slice(dot + 1)];
      return `=sum(${rows}[${column} != null].${column})`;
    }
    case 'count': return `=count(${given[0]})`;
    case 'days': return `=(date(${given[1]}) - date(${given[0]})).days`;
    default: return `=${given.join({ add: ' + ', subtract: ' - ', multiply: ' * ' }[kind])}`;
  }
}

/** The expression with one name in the place of another; texts in quotes stay. */
export function renameIn(expression, from, to) {
  return expression.replace(new RegExp(`${STRING}|\\b${from}\\b`, 'g'), found => found === from ? to : found);
}
