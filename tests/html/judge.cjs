// Reads lines of {name: html} and writes lines of {name: [fault, ...]}; finds html-validate in the folder given to it.
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const { HtmlValidate, StaticConfigLoader } = createRequire(`${process.argv[2]}/`)("html-validate");

const judge = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: {
    // Fields of the same name are a list: what is ticked, and the search that a second form carries along.
    "form-dup-name": "off",
    // A list may have a name of its own, which readers of screens say before its entries.
    "aria-label-misuse": ["error", { allowAnyNamable: true }],
    // Advice for search engines: a trip's title names its places, however many.
    "long-title": "off",
    // Without a script, and only then, a booking under way looks again by itself; a script does it quietly.
    "meta-refresh": "off",
    // As HTML has it: anything without a space.
    "valid-id": ["error", { relaxed: true }],
    // Every script and style sheet comes from this site.
    "require-sri": "off",
  },
}));

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const found = {};
    for (const [name, html] of Object.entries(JSON.parse(line))) {
      const report = await judge.validateString(html);
      const faults = report.results.flatMap((result) => result.messages)
        .map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message} (${m.selector})`);
      if (faults.length) found[name] = faults;
    }
    process.stdout.write(`${JSON.stringify(found)}\n`);
  }
})();
