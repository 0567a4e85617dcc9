// Runs inside the sandbox before any script: the functions Elsa gives its JavaScript expressions, over one batch's data.
(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const host = { uuid: globalThis.__uuid };
  delete globalThis.__uuid;

  const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
  const find = (object, name) => {
    if (own(object, name)) return object[name];
    const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === String(name).toLowerCase());
    return key === undefined ? undefined : object[key];
  };
  const pascal = (name) => name.replace(/(?:^|[_\s-]+)(.)/g, (_, letter) => letter.toUpperCase());
  // No Unicode classes: compiling them would cost more than everything else here.
  const isIdentifier = (name) => /^[A-Za-z_$\x80-\uffff][\w$\x80-\uffff]*$/.test(name);
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

  const guid = () => host.uuid();
  const shortGuid = () => encode64(guid().replace(/-/g, '').match(/../g).map((pair) => parseInt(pair, 16))).replace(/[/+=]/g, '');
  const parseGuid = (text) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(text).trim())) throw new TypeError(`'${text}' is not a GUID.`);
    return String(text).trim().toLowerCase();
  };

  function begin(json) {
    const batch = parse(json);
    const now = batch.now;
    const SystemDate = Date;
    const ClockDate = function (...parts) {
      if (!new.target) return new SystemDate(now).toString();
      return Reflect.construct(SystemDate, parts.length === 0 ? [now] : parts, new.target === ClockDate ? SystemDate : new.target);
    };
    ClockDate.prototype = SystemDate.prototype;
    SystemDate.prototype.constructor = ClockDate;
    ClockDate.UTC = SystemDate.UTC;
    ClockDate.parse = SystemDate.parse;
    ClockDate.now = () => now;
    define('Date', ClockDate);

    const values = batch.variables;
    const touched = new Map();
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
    define('variables', new Proxy(values, {
      get: (target, name) => (typeof name === 'string' && own(target, name) ? read(name) : target[name]),
      set: (target, name, value) => {
        write(String(name), value);
        return true;
      },
      deleteProperty: (target, name) => {
        write(String(name), null);
        return true;
      },
    }));

    const changes = { correlationId: null, name: null, outcomes: null };
    const output = (activity, name) => {
      const outputs = find(batch.outputs, activity);
      const value = outputs ? find(outputs, name ?? 'Result') : undefined;
      return value === undefined ? null : value;
    };
    const functions = {
      getVariable: read,
      setVariable: write,
      getInput: (name) => find(batch.input, name) ?? null,
      getOutputFrom: output,
      getLastResult: () => batch.lastResult,
      getWorkflowDefinitionId: () => batch.definitionId,
      getWorkflowDefinitionVersionId: () => batch.definitionVersionId,
      getWorkflowDefinitionVersion: () => batch.definitionVersion,
      getWorkflowInstanceId: () => batch.instanceId,
      getWorkflowInstanceName: () => changes.name ?? batch.instanceName,
      setWorkflowInstanceName: (name) => { changes.name = name == null ? null : String(name); },
      getCorrelationId: () => changes.correlationId ?? batch.correlationId,
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
      getGuidString: guid,
      newShortGuid: shortGuid,
      getShortGuid: shortGuid,
      bytesToString: fromUtf8,
      bytesFromString: utf8,
      bytesToBase64: encode64,
      bytesFromBase64: decode64,
      stringToBase64: (text) => encode64(utf8(text)),
      stringFromBase64: (text) => fromUtf8(decode64(text)),
    };

    for (const name of Object.keys(values).filter(isIdentifier)) {
      define('get' + pascal(name), () => read(name));
      define('set' + pascal(name), (value) => write(name, value));
    }
    for (const name of Object.keys(batch.input).filter(isIdentifier)) {
      define('get' + name, () => batch.input[name]);
      define('get' + pascal(name), () => batch.input[name]);
    }
    for (const [activity, outputs] of Object.entries(batch.outputs)) {
      for (const name of Object.keys(outputs).filter(isIdentifier)) {
        define(`get${name}From${pascal(activity)}`, () => outputs[name]);
      }
    }
    // Last, so that a variable called « Variable » cannot take the place of getVariable.
    for (const [name, value] of Object.entries(functions)) define(name, value);

    const results = batch.sources.map(() => null);
    const globalEval = eval;
    const parses = (text) => {
      try {
        new Function(text);
        return true;
      } catch {
        return false;
      }
    };
    // An expression's value is that of its program; statements may also say « return » as in a function.
    const needsFunction = (source) => {
      if (!/\breturn\b/.test(source) || !parses(source)) return false;
      try {
        globalEval(`if (false) {${source}\n}`);
        return false;
      } catch (error) {
        return error instanceof SyntaxError;
      }
    };

    return {
      run(index) {
        const source = batch.sources[index];
        const value = needsFunction(source) ? globalEval(`(function () {${source}\n})()`) : globalEval(source);
        if (value && typeof value.then === 'function') {
          value.then(
            (settled) => { results[index] = settled === undefined ? null : settled; },
            (error) => { results[index] = { __rejected: true, error }; });
          return;
        }
        results[index] = value === undefined ? null : value;
      },
      finish() {
        for (const result of results) if (result && result.__rejected) throw result.error;
        const changed = {};
        for (const [name, before] of touched) {
          const after = stringify(values[name] ?? null);
          if (after !== before) changed[name] = values[name] ?? null;
        }
        const plain = (value) => (typeof value === 'bigint' ? Number(value) : value);
        return stringify({
          values: results.map((value) => (typeof value === 'function' || typeof value === 'symbol' ? null : value)),
          changed,
          correlationId: changes.correlationId,
          name: changes.name,
          outcomes: changes.outcomes,
        }, (_, value) => plain(value));
      },
    };
  }

  return begin;
})();
