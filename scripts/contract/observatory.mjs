// Scores addresses of a host by the rules of Mozilla's HTTP Observatory.
//
//   node observatory.mjs shop.example / /admin/login/ /api/v1/products/
//   node observatory.mjs --at 127.0.0.1:8080,127.0.0.1:8443 shop.example /
//
// The Observatory itself asks for the first page alone. For another address the HTTPS answer is
// that address's, while the redirect to HTTPS is judged where the Observatory does, at the first
// page; `plainHttp` is what the address itself answers to HTTP. `--at` says where ports 80 and 443
// of the host are. A certificate of one's own authority needs NODE_EXTRA_CA_CERTS.

import { existsSync, writeFileSync } from "node:fs";
import net from "node:net";
import { parseArgs } from "node:util";

// The scanner wants the list of preloaded hosts, which its installation loads from the network.
// None of the bonuses that count here comes from it.
const preloaded = new URL(import.meta.resolve("@mdn/mdn-http-observatory/conf/hsts-preload.json"));
if (!existsSync(preloaded)) writeFileSync(preloaded, "{}");

const { retrieve } = await import("@mdn/mdn-http-observatory/src/retriever/retriever.js");
const { ALL_TESTS } = await import("@mdn/mdn-http-observatory/src/constants.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await import(
  "@mdn/mdn-http-observatory/src/grader/charts.js"
);
const { getGradeForScore, getScoreModifier } = await import(
  "@mdn/mdn-http-observatory/src/grader/grader.js"
);

const { values, positionals } = parseArgs({
  options: { at: { type: "string" } },
  allowPositionals: true,
});
const [host, ...paths] = positionals;
if (values.at) connectTo(host, values.at.split(","));

const first = await retrieve(host);
const scores = [];
for (const path of paths) scores.push(await score(path));
console.log(JSON.stringify(scores, null, 2));

async function score(path) {
  const answers = await retrieve(host, { path });
  if (!answers.responses.https) throw new Error(`https://${host}${path} does not answer`);
  const plainHttp = answers.responses.http?.status ?? null;
  answers.responses.http = first.responses.http;
  answers.responses.httpRedirects = first.responses.httpRedirects;
  const results = ALL_TESTS.map((test) => test(answers));
  return { path, status: answers.responses.https.status, plainHttp, ...graded(results) };
}

function graded(results) {
  const modifiers = results.map(({ result }) => getScoreModifier(result));
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 100);
  const withoutBonus = sum(modifiers.filter((modifier) => modifier < 0));
  const isGood = withoutBonus >= MINIMUM_SCORE_FOR_EXTRA_CREDIT;
  const rules = results.map((result, i) => [
    result.constructor.name,
    { result: result.result, passed: result.pass, modifier: modifiers[i] },
  ]);
  return { ...getGradeForScore(isGood ? sum(modifiers) : withoutBonus), rules: Object.fromEntries(rules) };
}

// What curl calls --connect-to. Names in the handshake and in Host stay what they are.
function connectTo(name, places) {
  const ports = { 80: places[0], 443: places[1] };
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...given) {
    const options = Array.isArray(given[0]) ? given[0][0] : given[0];
    if (options.host === name && ports[options.port]) {
      const [address, port] = ports[options.port].split(":");
      Object.assign(options, { host: address, port: Number(port) });
    }
    return connect.apply(this, given);
  };
}
