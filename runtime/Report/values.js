// Part of wage, under the Apache License v2.0 with LLVM Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report's data, what is chosen, and numbers and colours as they are shown.

const data = JSON.parse(document.getElementById('data').textContent);
const cores = data.core_table, cost = data.cost;
const blockCount = cores.x.length; // each has a row of the table; some may share a core, so that data.cores is less
const columns = data.chip.core_columns * data.chip.chip_columns, rows = data.chip.core_rows * data.chip.chip_rows;

// What the reader has chosen; every choice ends in redraw().
const chosen = { run: cost.training ? 'training' : 'inference', colour: 'layer', view: 'used', core: -1, stage: -1,
  phase: 0 };
const run = () => cost[chosen.run];
const byId = id => document.getElementById(id);

// A loop, since Math.max(...array) overflows the stack for some ten thousand cores.
const largest = list => list.reduce((most, value) => value > most ? value : most, 0);

const whole = value => Math.round(value).toLocaleString('en-US');
function short(value) {
  if (value === 0) return '0';
  const units = [[1e12, 'T', 1], [1e9, 'G', 1], [1e6, 'M', 1], [1e3, 'k', 10]]; // thousands are read well as they are
  for (const [size, name, least] of units)
    if (value >= least * size) return Number((value / size).toPrecision(4)).toLocaleString('en-US') + ' ' + name;
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
const bytes = value => short(value).replace(/ ?([kMGT]?)$/, ' $1B');
function joule(picojoule) {
  const units = [[1e12, 'J'], [1e9, 'mJ'], [1e6, 'µJ'], [1e3, 'nJ']];
  for (const [size, name] of units)
    if (picojoule >= size) return Number((picojoule / size).toPrecision(4)) + ' ' + name;
  return Number(picojoule.toPrecision(4)) + ' pJ';
}
function time(cycles) {
  if (!cost.clock_megahertz) return 'no clock';
  const seconds = cycles / (cost.clock_megahertz * 1e6), units = [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']];
  for (const [size, name] of units)
    if (seconds >= size) return Number((seconds / size).toPrecision(4)) + ' ' + name;
  return '0 s';
}
const percent = share => (100 * share).toFixed(1) + ' %';
const ratio = (part, all) => all > 0 ? part / all : 0;

// Layers get hues a golden angle apart, so that neighbours differ; what has no weights is grey.
function stageColour(stage) {
  if (!cost.stages[stage].has_weights) return 'hsl(215 8% ' + (48 + 9 * (stage % 4)) + '%)';
  return 'hsl(' + (210 + 137.508 * stage) % 360 + ' 58% ' + (stage % 2 ? 44 : 57) + '%)';
}
// From what recedes on the page to what stands out, in steps of about equal size to the eye.
const ramps = { light: [[237, 240, 205], [138, 202, 186], [52, 149, 186], [36, 84, 158], [25, 26, 84]],
  dark: [[50, 38, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]] };
const darkPage = matchMedia('(prefers-color-scheme: dark)');
function rampColour(share) {
  const ramp = darkPage.matches ? ramps.dark : ramps.light;
  const at = Math.min(Math.max(share, 0), 1) * (ramp.length - 1), low = Math.min(Math.floor(at), ramp.length - 2);
  const mix = i => Math.round(ramp[low][i] + (ramp[low + 1][i] - ramp[low][i]) * (at - low));
  return `rgb(${mix(0)} ${mix(1)} ${mix(2)})`;
}
// Loads differ by orders of magnitude: three of them are told apart, from a thousandth of the largest on.
const decades = 3;
const logarithmic = share => share > 0 ? 1 + Math.log10(share) / decades : 0;
const cssColour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

// What cores can be coloured by: the value of a core, its text, and the end of the scale (absent: the largest, and a
// logarithmic scale).
const measures = {
  layer: { title: 'layer' },
  utilisation: { title: 'utilisation', end: 1, text: percent,
    note: 'weights held, of those that the core could hold',
    of: core => ratio(cores.weights[core], cores.weight_room[core]) },
  memory: { title: 'memory', end: 1, text: percent,
    note: 'data memory taken', of: core => ratio(cores.data_bytes[core], cores.data_room[core]) },
  load: { title: 'load', text: percent,
    note: 'cycles at work, of the cycles of the batch',
    of: core => ratio(run().cores.busy_cycles[core], run().cycles) },
  energy: { title: 'energy', text: joule, note: 'of the batch', of: core => run().cores.energy_pj[core] },
  traffic: { title: 'traffic', text: bytes, note: 'bytes sent in the batch',
    of: core => run().cores.packet_bytes[core] },
  noc: { title: 'links', text: bytes, note: 'bytes on the busiest link out of the core, in the batch',
    of: core => busiestLinks()[cores.y[core] * columns + cores.x[core]] ?? 0 },
};

// By number of position: the load of the busiest link that leaves it. Counted once for each run.
function busiestLinks() {
  const links = run().links;
  if (links.busiest) return links.busiest;
  links.busiest = {};
  links.bytes.forEach((load, i) => {
    const position = links.y[i] * columns + links.x[i];
    links.busiest[position] = Math.max(links.busiest[position] ?? 0, load);
  });
  return links.busiest;
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function definitionList(pairs) {
  const list = element('dl');
  for (const [name, value] of pairs) list.append(element('dt', name), element('dd', value));
  return list;
}

const stageOf = core => cores.stage[core];
const stageName = core => cost.stages[stageOf(core)].stage;

function coreFacts(core) {
  const own = run().cores, facts = [['layer', stageName(core)]];
  if (cores.weight_room[core] > 0)
    facts.push(['rows', `${whole(cores.row_begin[core])} to ${whole(cores.row_end[core] - 1)}`],
      ['neurons', `${whole(cores.neuron_begin[core])} to ${whole(cores.neuron_end[core] - 1)}`],
      ['weights', `${whole(cores.weights[core])} of ${whole(cores.weight_room[core])}`]);
  facts.push(['data memory', `${whole(cores.data_bytes[core])} of ${whole(cores.data_room[core])} B`]);
  if (cores.off_chip_bytes[core]) facts.push(['off chip', whole(cores.off_chip_bytes[core]) + ' B']);
  const busy = own.busy_cycles[core];
  facts.push(['at work', `${whole(busy)} cycles (${percent(ratio(busy, run().cycles))})`],
    ['multiply-adds', short(own.macs[core])], ['energy', joule(own.energy_pj[core])],
    ['sends', `${whole(own.packets[core])} packets, ${bytes(own.packet_bytes[core])}`]);
  if (own.weight_writes[core]) facts.push(['weight writes', whole(own.weight_writes[core])]);
  return facts;
}

// A box near the pointer. `pairs` empty: hidden.
function showTooltip(event, title, pairs) {
  const box = byId('tooltip');
  box.hidden = !pairs;
  if (!pairs) return;
  box.replaceChildren(element('strong', title), definitionList(pairs));
  const x = Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8);
  const below = event.clientY + 16 + box.offsetHeight < innerHeight;
  box.style.left = Math.max(x, 4) + 'px';
  box.style.top = Math.max(below ? event.clientY + 16 : event.clientY - box.offsetHeight - 10, 4) + 'px';
}

// The canvas's drawing context in CSS pixels, sharp on any screen, wiped.
function context(canvas) {
  const scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  return { pen, width, height };
}
