// The page of a running service: asks for the status every few seconds and shows it. Names and reasons come from outside
// and may be anything, so whatever is shown goes through textContent.
"use strict";

const EVERY_MS = 5000, TOLD_SLOTS = 12, PLOT_SLOTS = 1000, STALE_S = 120;
const SVG = "http://www.w3.org/2000/svg";
const place = (id) => document.getElementById(id);

function make(name, className, text) {
  const one = document.createElement(name);
  if (className) one.className = className;
  if (text !== undefined) one.textContent = text;
  return one;
}

function draw(name, attributes, text) {
  const one = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  if (text !== undefined) one.textContent = text;
  return one;
}

/** Three or four figures that say something, thousands apart. */
function figures(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  const digits = size >= 1000 || size === 0 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 5;
  return value.toLocaleString("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits});
}
const percent = (value) => value === null || value === undefined ? "–" : (100 * value).toFixed(1) + " %";
const time = (seconds) => seconds === null ? "never" : new Date(1000 * seconds).toISOString().slice(0, 16).replace("T", " ");
const words = (text) => String(text).replaceAll("_", " ");

function age(seconds) {
  if (seconds < 0) return "in " + age(-seconds);
  if (seconds < 120) return Math.round(seconds) + " s";
  if (seconds < 7200) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return Math.round(seconds / 3600) + " h";
  return Math.round(seconds / 86400) + " days";
}
const ago = (now, then) => then === null ? "never" : age(now - then) + " ago";

/** Columns: [heading, class]; rows: lists of texts, [text, class] or elements. */
function table(columns, rows, nothing) {
  if (rows.length === 0) return make("p", "note", nothing);
  const made = make("table"), head = made.createTHead().insertRow(), body = made.createTBody();
  for (const [heading, className] of columns) {
    const cell = head.appendChild(make("th", (className || "").replace("long", ""), heading));
    cell.scope = "col";
  }
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, at) => {
      const cell = line.appendChild(make("td", columns[at][1]));
      if (value instanceof Node) cell.append(value);
      else if (Array.isArray(value)) cell.append(make("span", value[1], value[0]));
      else cell.textContent = value;
    });
  }
  return made;
}

function show(id, ...what) { place(id).replaceChildren(...what); }

// Round steps for about four lines of a grid.
function steps(low, high) {
  const rough = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const made = [];
  for (let at = Math.ceil(low / step); at * step <= high + 1e-9 * step; ++at) made.push(at * step);
  return made;
}

/** Lines over the slots; what is not known leaves a gap. As wide as its place, so that letters keep their size. */
function plot(id, slots, lines, height, fromZero) {
  const width = Math.max(280, place(id).clientWidth || 600), left = 62, right = 8, top = 8, bottom = 22;
  const values = slots.flatMap((slot) => lines.map(([key]) => slot[key])).filter((value) => value !== null);
  if (values.length === 0) return show(id, make("p", "note", "No slot is decided yet."));
  let low = Math.min(...values, ...(fromZero ? [0] : [])), high = Math.max(...values, ...(fromZero ? [0] : []));
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) { high += Math.abs(high) * 0.05 || 1; low -= Math.abs(low) * 0.05; }
  const first = slots[0].slot, last = Math.max(slots[slots.length - 1].slot, first + 1);
  const x = (slot) => left + (width - left - right) * (slot - first) / (last - first);
  const y = (value) => top + (height - top - bottom) * (high - value) / (high - low);
  const made = draw("svg", {viewBox: `0 0 ${width} ${height}`, role: "img"});
  made.append(draw("title", {}, lines.map((line) => line[2]).join(", ") + " over the slots"));
  for (const value of steps(low, high)) {
    made.append(draw("line", {class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value)}));
    made.append(draw("text", {x: left - 6, y: y(value) + 4, "text-anchor": "end"}, value.toLocaleString("en-US", {maximumFractionDigits: 6})));
  }
  made.append(draw("text", {x: left, y: height - 4}, time(slots[0].begin)));
  if (slots.length > 1) made.append(draw("text", {x: width - right, y: height - 4, "text-anchor": "end"}, time(slots[slots.length - 1].begin)));
  for (const [key, className] of lines) {
    let path = "", pen = "M";
    for (const slot of slots) {
      if (slot[key] === null) { pen = "M"; continue; }
      path += `${pen}${x(slot.slot).toFixed(1)},${y(slot[key]).toFixed(1)}`;
      pen = "L";
    }
    made.append(draw("path", {class: className, d: path}));
  }
  show(id, made);
}

const LINES = [["objective_usd", "own", "J"], ["expert_objective_usd", "expert", "expert"], ["bound_usd", "bound", "bound"]];

function showLegend() {
  show("guarantee-legend", ...LINES.map(([, className, text]) => {
    const item = make("li"), sign = draw("svg", {viewBox: "0 0 28 8", "aria-hidden": "true"});
    sign.append(draw("line", {class: className, x1: 0, x2: 28, y1: 4, y2: 4}));
    item.append(sign, text + ", USD");
    return item;
  }));
}

function showFacts(status) {
  const {objective_usd: own, expert_objective_usd: expert, bound_usd: bound, budget_usd: budget} = status.guarantee;
  const above = own !== null && bound !== null && own > bound;
  const facts = [["J, USD", figures(own), above ? "bad" : ""], ["expert's J, USD", figures(expert)],
    ["bound, USD", figures(bound)], ["budget, USD", figures(budget)], ["err of the bound, USD", figures(status.guarantee.bound_error_usd)],
    ["slot", status.period.slot < 0 ? "–" : `${status.period.slot + 1} of ${status.period.slots}`]];
  show("facts", ...facts.map(([name, text, className]) => {
    const fact = make("div", "fact");
    fact.append(make("b", className, text), make("span", "", name));
    return fact;
  }));
}

function showShares(status) {
  const names = status.regions.map((region) => region.region);
  const at = (shares, j, i) => shares ? shares.shares[j][i] : null;
  const rows = status.gateways.map((gateway, j) => [gateway, ...names.map((name, i) => {
    const cell = make("span", "three");
    cell.append(make("span", "", percent(at(status.decided, j, i))), make("span", "second", percent(at(status.applied, j, i))),
      make("span", "third", percent(at(status.realised, j, i))));
    return cell;
  })]);
  const of = (shares) => shares ? `slot ${shares.slot + 1}` : "not known";
  place("shares-note").textContent = `Per gateway, from top to bottom: decided (${of(status.decided)}), applied ` +
    `(${of(status.applied)}), realised (${of(status.realised)}).`;
  show("shares", table([["gateway", "text name"], ...names.map((name) => [name, "name"])], rows, "No gateways."));
}

function showBars(id, regions, key) {
  const largest = Math.max(...regions.map((region) => region[key] ?? 0), 0), bars = make("div", "bars");
  for (const region of regions) {
    const value = region[key] ?? 0, mark = value === largest && largest > 0 ? "largest" : "";
    const bar = draw("svg", {viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true"});
    bar.append(draw("rect", {x: 0, y: 0, height: 10, width: largest > 0 ? 100 * value / largest : 0}));
    const middle = make("div", mark);
    middle.append(bar);
    bars.append(make("div", mark, region.region), middle, make("div", "value " + mark, figures(region[key]) + (mark ? " (largest)" : "")));
  }
  show(id, bars);
}

function showRegions(regions) {
  const classes = {up: "good", drain: "warn", down: "bad"};
  show("regions", table([["region", "text name"], ["state", "text"], ["capacity"], ["utilisation"], ["workload so far"], ["cost, USD"]],
    regions.map((region) => [region.region, [region.state, classes[region.state]], figures(region.capacity),
      percent(region.utilisation), figures(region.workload), figures(region.cost_usd)]), "No regions."));
}

/** In units of work; what a region is to do in the decided slot, under its name. */
function showWork(status) {
  place("work-section").hidden = status.work.length === 0;
  if (status.work.length === 0) return;
  const names = status.regions.map((region) => region.region);
  place("work-note").textContent = "Of the period so far, and what each region is to do" +
    (status.decided ? ` in slot ${status.decided.slot + 1}.` : ".");
  show("work", table([["class", "text name"], ["arrived"], ["done"], ["waiting"], ["late"], ...names.map((name) => [name, "name"])],
    status.work.map((work, k) => [work.work_class, figures(work.arrived), figures(work.done), figures(Math.max(0, work.arrived - work.done)),
      [figures(work.late), work.late > 1e-9 * work.arrived ? "bad" : ""],
      ...names.map((name, i) => figures(status.decided ? status.decided.released[k][i] : null))]), ""));
}

function showVerdicts(verdicts) {
  const all = Object.values(verdicts).reduce((sum, count) => sum + count, 0);
  show("verdicts", table([["verdict", "text"], ["slots"], ["part"]], Object.entries(verdicts).sort((a, b) => b[1] - a[1])
    .map(([name, count]) => [words(name), String(count), percent(count / all)]), "No slot is decided yet."));
}

function showSlots(slots) {
  show("slots", table([["slot (UTC)", "text"], ["verdict", "text"], ["alpha"], ["slack, USD"], ["to be known", "text long"]],
    slots.slice(-TOLD_SLOTS).reverse().map((slot) => [time(slot.begin), words(slot.verdict), figures(slot.alpha),
      [figures(slot.slack_usd), slot.slack_usd < 0 ? "bad" : ""], slot.flags.map(words).join(", ")]), "No slot is decided yet."));
}

function showReadings(status) {
  const classes = {fresh: "good", held: "warn", past_days: "bad", missing: "bad"}, places = new Map(), signals = [];
  for (const reading of status.readings) {
    const name = reading.gateway !== undefined ? "gateway " + reading.gateway
      : reading.work_class !== undefined ? "work " + reading.work_class : "region " + reading.region;
    if (!signals.includes(reading.signal)) signals.push(reading.signal);
    if (!places.has(name)) places.set(name, {});
    places.get(name)[reading.signal] = reading;
  }
  const rows = [...places].map(([name, known]) => [name, ...signals.map((signal) => {
    const reading = known[signal];
    if (!reading) return "";
    const old = reading.time === null ? "" : age(status.now - reading.time);
    return [reading.state === "fresh" ? old : [old, words(reading.state)].filter(Boolean).join(", "), classes[reading.state]];
  })]);
  show("readings", table([["place", "text name"], ...signals.map((signal) => [words(signal)])], rows, "Nothing is observed."));
}

const counts = (byReason) => Object.entries(byReason).map(([reason, count]) => `${count} × ${words(reason)}`).join(", ");

function showSources(status) {
  show("sources", table([["source", "text name"], ["last read", "text"], ["failures", "text"], ["what is wrong", "text long"]],
    status.sources.map((source) => [source.source, [ago(status.now, source.last_success), source.failures_in_a_row > 0 ? "bad" : ""],
      source.failures_in_a_row > 0 ? `failed ${source.failures_in_a_row} times in a row` : `failed ${source.failures} times`,
      [[source.reason, counts(source.rejected) && "refused: " + counts(source.rejected)].filter(Boolean).join("; "), source.reason ? "bad" : ""]]),
    "No sources are configured; readings are pushed."));
}

function showOutputs(status) {
  show("outputs", table([["output", "text name"], ["last applied", "text"], ["balancer", "text"], ["failures", "text long"]],
    status.outputs.map((output) => [output.output, ago(status.now, output.last_applied), output.agrees ? ["agrees", "good"] : ["differs", "bad"],
      [[output.reason, counts(output.failures)].filter(Boolean).join("; "), output.reason ? "bad" : ""]]), "No outputs are configured."));
}

function showBanner(lines) {
  place("banner").hidden = lines.length === 0;
  show("banner", ...lines.map((line) => make("p", "", line)));
}

function showAll(status, slots) {
  const mode = place("mode");
  mode.textContent = status.mode;
  mode.className = "badge " + status.mode;
  const silent = status.now - status.as_of;
  place("when").textContent = `Period ${status.period.name}, ${time(status.now)} UTC. ` +
    (status.mode === "shadow" ? "Shadow: decides and publishes, applies nothing. " : "");
  const lines = [...status.not_ready, ...status.degraded].map((remark) => remark.text || words(remark.reason));
  if (silent > STALE_S) lines.unshift(`The engine has said nothing for ${age(silent)}; what is below is as old.`);
  if (status.journal_failures > 0) lines.push(`The journal could not be written ${status.journal_failures} times since the start.`);
  for (const region of status.regions) if (region.state !== "up") lines.push(`Region ${region.region} is ${region.state === "drain" ? "draining" : "down"}.`);
  showBanner([...new Set(lines)]);
  document.title = (lines.length ? "! " : "") + "evenkeel " + status.mode;
  showFacts(status);
  plot("guarantee-plot", slots, LINES, 240, false);
  plot("budget-plot", slots, [["budget_usd", "own", "budget"]], 120, true);
  showShares(status);
  showBars("carbon", status.regions, "carbon_kg");
  showBars("water", status.regions, "water_liters");
  showRegions(status.regions);
  showWork(status);
  showVerdicts(status.verdicts);
  showSlots(slots);
  showReadings(status);
  showSources(status);
  showOutputs(status);
  place("footer").textContent = `evenkeel ${status.version}, up since ${time(status.started)} UTC. Times are UTC.`;
}

async function ask(path) {
  const answer = await fetch(path, {cache: "no-store", signal: AbortSignal.timeout(4 * EVERY_MS)});
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || `${path} says ${answer.status}`);
  return body;
}

let last = null;
async function poll() {
  try {
    const [status, slots] = await Promise.all([ask("/v1/status"), ask(`/v1/slots?count=${PLOT_SLOTS}`)]);
    last = [status, slots.slots];
    showAll(...last);
  } catch (error) {
    showBanner([`No answer from evenkeel (${error.message}). What is below is old.`]);
  }
  setTimeout(poll, EVERY_MS);
}

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { if (last) showAll(...last); }, 150);
});
showLegend();
poll();
