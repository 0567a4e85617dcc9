// The page's rules in Node, with the FEEL library the page is given: a line in, a line out.
import { createInterface } from "node:readline";
import { evaluate } from "feelin";
import { FormRules } from "../../src/Forms/wwwroot/rules.js";

createInterface({ input: process.stdin }).on("line", (line) => {
  const { fields, data, action, today } = JSON.parse(line);
  const rules = new FormRules(fields, evaluate);
  const conditions = rules.conditions(data, action);
  const { errors, dropped } = rules.judge(data, conditions, today);
  console.log(JSON.stringify({
    errors: errors.map(({ path, code, message }) => ({ path, code, message })),
    hidden: [...conditions.hidden],
    required: [...conditions.required],
    computed: Object.fromEntries(conditions.computed),
    dropped,
  }));
});
