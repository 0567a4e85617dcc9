// Runs once inside the sandbox, before any script: the functions of src/Engine/Expressions/ScriptFunctions.cs over one call's data.
(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const host = { uuid: globalThis.__uuid, random: globalThis.__random };
  delete globalThis.__uuid;
  delete globalThis.__random;
  // The interpreter's own generator would begin at the same number in every call.
  Math.random = () => host.random();

  const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
  const find = (object, name) => {
    if (own(object, name)) return object[name];
    const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === String(name).toLowerCase());
    return key === undefined ? undefined : object[key];
  };
  const pascal = (name) => name.replace(/(?:^|[_\s-]+)(.)/g, (_, letter) => letter.toUpperCase());
  // No Unicode classes: compiling them would cost more than everything else here.
  const isIdentifier = (name) => /^[\w$\x80-\uffff]+$/.test(name);
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const encode64 = (bytes) => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const [a, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
      text += alphabet[a >> 2] + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]
        + (b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)])
        + (c === undefined ? '=' : alphabet[c & 63]);
    }
    return text;
  };
  const decode64 = (text) => {
    const bytes = [];
    let bits = 0;
    let count = 0;
    for (const letter of String(text).replace(/[=\s]/g, '')) {
      const value = alphabet.indexOf(letter);
      if (value < 0) throw new TypeError('The text is not Base64.');
      bits = ((bits << 6) | value) & 0xffffff;
      count += 6;
      if (count >= 8) {
        count -= 8;
        bytes.push((bits >> count) & 255);
      }
    }
    return bytes;
  };
  const utf8 = (text) => {
    const bytes = [];
    for (const letter of String(text)) {
      const code = letter.codePointAt(0);
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return bytes;
  };
  const fromUtf8 = (bytes) => decodeURIComponent(Array.from(bytes, (byte) => '%' + (byte & 255).toString(16).padStart(2, '0')).join(''));
  // What Elsa has as a stream is bytes or their Base64 here: values cross a process border as JSON.
  const bytesOf = (stream) => (typeof stream === 'string' ? decode64(stream) : Array.from(stream ?? []));

  const guid = () => host.uuid();
  const shortGuid = () => encode64(guid().replace(/-/g, '').match(/../g).map((pair) => parseInt(pair, 16))).replace(/[/+=]/g, '');
  const parseGuid = (text) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(text).trim())) throw new TypeError(`'${text}' is not a GUID.`);
    return String(text).trim().toLowerCase();
  };

  // The time is the engine's: scripts see one moment for the whole call.
  const state = { index: 0 };
  let batch = { now: 0 };
  const SystemDate = Date;
  const ClockDate = function (...parts) {
    if (!new.target) return new SystemDate(batch.now).toString();
    return Reflect.construct(SystemDate, parts.length === 0 ? [batch.now] : parts, new.target === ClockDate ? SystemDate : new.target);
  };
  ClockDate.prototype = SystemDate.prototype;
  SystemDate.prototype.constructor = ClockDate;
  ClockDate.UTC = SystemDate.UTC;
  ClockDate.parse = SystemDate.parse;
  ClockDate.now = () => batch.now;
  define('Date', ClockDate);

  const two = (number, width = 2) => String(Math.abs(Math.trunc(number))).padStart(width, '0');

  class TimeSpan {
    constructor(...parts) {
      const [days, hours, minutes, seconds, milliseconds] =
        parts.length <= 1 ? [0, 0, 0, 0, (parts[0] ?? 0) / 10000] : parts.length === 3 ? [0, ...parts, 0] : [...parts, 0];
      this.TotalMilliseconds = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
    }

    static of(milliseconds) { return Object.assign(new TimeSpan(), { TotalMilliseconds: milliseconds }); }
    static FromDays(count) { return TimeSpan.of(count * 86400000); }
    static FromHours(count) { return TimeSpan.of(count * 3600000); }
    static FromMinutes(count) { return TimeSpan.of(count * 60000); }
    static FromSeconds(count) { return TimeSpan.of(count * 1000); }
    static FromMilliseconds(count) { return TimeSpan.of(count); }
    static get Zero() { return TimeSpan.of(0); }
    static Parse(text) {
      const match = /^\s*(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?\s*$|^\s*(-)?(\d+)\s*$/.exec(String(text));
      if (!match) throw new TypeError(`'${text}' is not a duration: write days.hours:minutes:seconds.`);
      const [, minus, days, hours, minutes, seconds, fraction, minusDays, onlyDays] = match;
      const span = onlyDays ? TimeSpan.FromDays(Number(onlyDays))
        : new TimeSpan(Number(days ?? 0), Number(hours), Number(minutes), Number(seconds ?? 0), Number(`0.${fraction ?? 0}`) * 1000);
      return minus || minusDays ? span.Negate() : span;
    }
    get TotalSeconds() { return this.TotalMilliseconds / 1000; }
    get TotalMinutes() { return this.TotalMilliseconds / 60000; }
    get TotalHours() { return this.TotalMilliseconds / 3600000; }
    get TotalDays() { return this.TotalMilliseconds / 86400000; }
    get Days() { return Math.trunc(this.TotalDays); }
    get Hours() { return Math.trunc(this.TotalHours) % 24; }
    get Minutes() { return Math.trunc(this.TotalMinutes) % 60; }
    get Seconds() { return Math.trunc(this.TotalSeconds) % 60; }
    get Milliseconds() { return Math.trunc(this.TotalMilliseconds) % 1000; }
    Add(other) { return TimeSpan.of(this.TotalMilliseconds + other.TotalMilliseconds); }
    Subtract(other) { return TimeSpan.of(this.TotalMilliseconds - other.TotalMilliseconds); }
    Negate() { return TimeSpan.of(-this.TotalMilliseconds); }
    valueOf() { return this.TotalMilliseconds; }
    toString() {
      return (this.TotalMilliseconds < 0 ? '-' : '') + (this.Days ? `${Math.abs(this.Days)}.` : '')
        + `${two(this.Hours)}:${two(this.Minutes)}:${two(this.Seconds)}` + (this.Milliseconds ? `.${two(this.Milliseconds, 3)}0000` : '');
    }
    ToString() { return this.toString(); }
    toJSON() { return this.toString(); }
  }

  class DateTime extends SystemDate {
    constructor(...parts) {
      if (parts.length < 2) super(...(parts.length === 0 ? [batch.now] : parts));
      else super(parts[0], (parts[1] ?? 1) - 1, parts[2] ?? 1, ...parts.slice(3, 7).filter((part) => typeof part === 'number'));
    }

    static get UtcNow() { return new this(batch.now); }
    static get Now() { return new this(batch.now); }
    static get Today() { return this.Now.Date; }
    static Parse(text) {
      const date = new this(String(text));
      if (Number.isNaN(date.getTime())) throw new TypeError(`'${text}' is not a date.`);
      return date;
    }
    get Year() { return this.getFullYear(); }
    get Month() { return this.getMonth() + 1; }
    get Day() { return this.getDate(); }
    get Hour() { return this.getHours(); }
    get Minute() { return this.getMinutes(); }
    get Second() { return this.getSeconds(); }
    get Millisecond() { return this.getMilliseconds(); }
    get DayOfWeek() { return this.getDay(); }
    get Date() { return new this.constructor(this.getFullYear(), this.getMonth() + 1, this.getDate()); }
    AddMilliseconds(count) { return new this.constructor(this.getTime() + count); }
    AddSeconds(count) { return this.AddMilliseconds(count * 1000); }
    AddMinutes(count) { return this.AddMilliseconds(count * 60000); }
    AddHours(count) { return this.AddMilliseconds(count * 3600000); }
    AddDays(count) {
      const date = new this.constructor(this.getTime());
      date.setDate(date.getDate() + Math.trunc(count));
      return date.AddMilliseconds((count - Math.trunc(count)) * 86400000);
    }
    AddMonths(count) {
      const date = new this.constructor(this.getTime());
      // The last day of a month stays within the month it moves to.
      date.setDate(1);
      date.setMonth(date.getMonth() + count);
      date.setDate(Math.min(this.getDate(), new SystemDate(date.getFullYear(), date.getMonth() + 1, 0).getDate()));
      return date;
    }
    AddYears(count) { return this.AddMonths(count * 12); }
    Add(span) { return this.AddMilliseconds(span.TotalMilliseconds); }
    Subtract(other) { return other instanceof TimeSpan ? this.AddMilliseconds(-other.TotalMilliseconds) : TimeSpan.of(this.getTime() - other.getTime()); }
    ToString(format) {
      if (!format) return this.toISOString();
      const parts = {
        yyyy: two(this.Year, 4), MM: two(this.Month), dd: two(this.Day), HH: two(this.Hour), mm: two(this.Minute), ss: two(this.Second),
        fff: two(this.Millisecond, 3), yy: two(this.Year % 100), M: this.Month, d: this.Day, H: this.Hour,
      };
      return format.replace(/yyyy|fff|MM|dd|HH|mm|ss|yy|M|d|H/g, (part) => parts[part]);
    }
  }

  class DateTimeOffset extends DateTime {}

  class Random {
    NextDouble() { return host.random(); }
    Next(low, high) {
      const [from, to] = high === undefined ? [0, low ?? 2147483647] : [low, high];
      return from + Math.floor(host.random() * (to - from));
    }
  }

  let values = {};
  let touched = new Map();
  let changes = {};
  const touch = (name) => {
    if (!touched.has(name)) touched.set(name, own(values, name) ? stringify(values[name]) : undefined);
  };
  const read = (name) => {
    name = own(values, name) ? name : Object.keys(values).find((key) => key.toLowerCase() === String(name).toLowerCase()) ?? name;
    touch(name);
    return own(values, name) ? values[name] : null;
  };
  const write = (name, value) => {
    touch(name);
    values[name] = value === undefined ? null : value;
  };
  const container = (target) => new Proxy(target, {
    get: (_, name) => (typeof name === 'string' && own(target, name) ? read(name) : target[name]),
    set: (_, name, value) => {
      write(String(name), value);
      return true;
    },
    deleteProperty: (_, name) => {
      write(String(name), null);
      return true;
    },
  });
  const output = (activity, name) => {
    const outputs = find(batch.outputs, activity);
    return (outputs ? find(outputs, name ?? 'Result') : undefined) ?? null;
  };

  const implementations = {
    getVariable: read,
    setVariable: write,
    getInput: (name) => find(batch.input, name) ?? null,
    getOutputFrom: output,
    getLastResult: () => batch.lastResult,
    getWorkflowDefinitionId: () => batch.definitionId,
    getWorkflowDefinitionVersionId: () => batch.definitionVersionId,
    getWorkflowDefinitionVersion: () => batch.definitionVersion,
    getWorkflowInstanceId: () => batch.instanceId,
    getWorkflowInstanceName: () => ('name' in changes ? changes.name : batch.instanceName),
    setWorkflowInstanceName: (name) => { changes.name = name == null ? null : String(name); },
    getCorrelationId: () => ('correlationId' in changes ? changes.correlationId : batch.correlationId),
    setCorrelationId: (id) => { changes.correlationId = id == null ? null : String(id); },
    setOutcome: (name) => { changes.outcomes = [String(name)]; },
    setOutcomes: (names) => { changes.outcomes = Array.from(names, String); },
    isNullOrEmpty: (text) => text == null || text === '',
    isNullOrWhiteSpace: (text) => text == null || /^\s*$/.test(text),
    toJson: (value) => stringify(value === undefined ? null : value),
    parseJson: (text) => parse(text),
    parseGuid,
    newGuid: guid,
    newGuidString: guid,
    newShortGuid: shortGuid,
    getGuid: guid,
    getGuidString: guid,
    getShortGuid: shortGuid,
    bytesToString: fromUtf8,
    bytesFromString: utf8,
    bytesToBase64: encode64,
    bytesFromBase64: decode64,
    stringToBase64: (text) => encode64(utf8(text)),
    stringFromBase64: (text) => fromUtf8(decode64(text)),
    streamToBytes: bytesOf,
    streamToBase64: (stream) => encode64(bytesOf(stream)),
    DateTime,
    DateTimeOffset,
    TimeSpan,
    Guid: { NewGuid: guid, Parse: parseGuid, Empty: '00000000-0000-0000-0000-000000000000' },
    Random,
  };

  const globalEval = eval;
  let results = [];

  function accessors() {
    for (const name of Object.keys(values).filter(isIdentifier)) {
      accessor('get' + pascal(name), () => read(name));
      accessor('set' + pascal(name), (value) => write(name, value));
    }
    for (const [name, value] of Object.entries(batch.input)) {
      if (!isIdentifier(name)) continue;
      accessor('get' + name, () => value);
      accessor('get' + pascal(name), () => value);
    }
    for (const [activity, outputs] of Object.entries(batch.outputs)) {
      for (const name of Object.keys(outputs).filter(isIdentifier)) accessor(`get${name}From${pascal(activity)}`, () => outputs[name]);
    }
    for (const [name, value] of Object.entries(batch.arguments ?? {})) accessor('get' + name, () => value);
    if (batch.arguments) define('args', batch.arguments);
  }

  // A variable called « Variable » does not take the place of getVariable.
  function accessor(name, value) {
    if (!own(implementations, name)) define(name, value);
  }

  function run() {
    for (; state.index < batch.sources.length; state.index++) {
      const source = batch.sources[state.index];
      const value = batch.forms[state.index] === 'function' ? globalEval(`(function () {${source}\n})()`) : globalEval(source);
      results[state.index] = { value };
      if (value && typeof value.then === 'function') {
        const result = results[state.index];
        result.waits = true;
        value.then(
          (settled) => Object.assign(result, { value: settled, waits: false }),
          (error) => Object.assign(result, { error, failed: true, waits: false }));
        return undefined;
      }
    }
    return finish();
  }

  function plain(_, value) {
    if (typeof value === 'bigint') return Number(value);
    if (value instanceof Uint8Array) return Array.from(value);
    return value;
  }

  function finish() {
    const changed = {};
    for (const [name, before] of touched) {
      const after = values[name] ?? null;
      if (stringify(after, plain) !== before) changed[name] = after;
    }
    return stringify({ values: results.map(({ value }) => (value === undefined || typeof value === 'function' || typeof value === 'symbol' ? null : value)), changed, ...changes }, plain);
  }

  return (names) => {
    for (const name of parse(names)) {
      if (!own(implementations, name)) throw new Error(`The sandbox has no function ${name}.`);
      define(name, implementations[name]);
    }
    return Object.assign(state, {
      begin(plan, data) {
        batch = Object.assign(parse(data), parse(plan));
        values = batch.variables;
        define('variables', container(values));
        accessors();
        return run();
      },
      resume() {
        const result = results[state.index];
        if (result.failed) throw result.error;
        // Nothing is left that could ever settle it.
        if (result.waits) throw new Error('The promise is never settled.');
        state.index++;
        return run();
      },
    });
  };
})();
