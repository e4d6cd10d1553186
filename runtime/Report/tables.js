// Part of wage, under the Apache License v2.0 with LLVM Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Totals, tables, and the legend beside the grid.

const spenders = [['mac', 'MAC'], ['memory', 'memory'], ['noc', 'NoC'], ['off_chip', 'off-chip']];
const partNames = ['forward', 'error', 'gradient', 'update'];

// A number with its exact value beside the shown one, for whoever reads the page by program.
function card(key, title, text, note) {
  const box = element('div'), value = element('b', text, { 'data-key': key, 'data-value': valueOf(key) });
  box.append(element('span', title), value, element('span', note));
  return box;
}
const valueOf = key => key.split('.').reduce((object, name) => object[name], { run: run(), data });

function drawTotals() {
  const total = run(), samples = cost.samples, energy = total.energy_by, busiest = largest(total.links.bytes);
  const [spent, spender] = spenders.map(([key, name]) => [energy[key], name]).reduce((a, b) => b[0] > a[0] ? b : a);
  const most = cost.at_most ? ', at most' : '', least = cost.at_most ? ', at least' : '';
  byId('totals').replaceChildren(
    card('run.cycles', 'cycles' + most, short(total.cycles), time(total.cycles) + ', batch of ' + samples),
    card('run.latency_cycles', 'latency' + most, time(total.latency_cycles),
      whole(total.latency_cycles) + ' cycles for one sample'),
    card('run.samples_per_second', 'throughput' + least, short(total.samples_per_second ?? 0) + '/s',
      whole(total.interval_cycles) + ' cycles more per sample'),
    card('run.energy_pj', 'energy' + most, joule(total.energy_pj_per_sample),
      `a sample; ${percent(ratio(spent, total.energy_pj))} ${spender}`),
    card('run.macs', 'multiply-adds' + most, short(total.macs), 'of the batch'),
    card('run.byte_hops', 'traffic' + most, bytes(total.byte_hops) + '·hops', 'busiest link ' + bytes(busiest)),
    card('data.cores', 'cores', whole(data.cores), `of ${whole(columns * rows)}, ${whole(data.routes)} routes`),
    card('run.weight_writes', 'weight writes', short(total.weight_writes),
      total.weight_writes ? 'a step, each weight once' : 'none in inference'));
}

function stackedBar(parts) {
  const bar = element('div', undefined, { class: 'stack' }), sum = parts.reduce((all, [, value]) => all + value, 0);
  for (const [colour, value] of parts) {
    const piece = element('div', undefined, { title: `${colour}: ${percent(ratio(value, sum))}` });
    piece.style.cssText = `background: var(--${colour}); width: ${100 * ratio(value, sum)}%`;
    bar.append(piece);
  }
  return bar;
}

// A bar that is full at 1, and for more.
function shareBar(share, colour) {
  const bar = element('div', undefined, { class: 'stack' }), piece = element('div');
  piece.style.cssText = `background: var(--${colour}); width: ${100 * Math.min(share, 1)}%`;
  bar.append(piece);
  return bar;
}

function row(cells, tag = 'td') {
  const made = element('tr');
  for (const cell of cells) {
    const box = element(tag);
    box.append(cell);
    made.append(box);
  }
  return made;
}

function table(id, head, body, foot = []) {
  const parts = [['thead', [row(head, 'th')]], ['tbody', body], ['tfoot', foot]].map(([tag, lines]) => {
    const part = element(tag);
    part.append(...lines);
    return part;
  });
  byId(id).replaceChildren(...parts);
}

const energyBar = sums => stackedBar(spenders.map(([key]) => [key.replace('_', '-'), sums.energy_by[key]]));
const partBar = stage => stackedBar(stage.parts.map(part => [part.part, part.energy_pj]));

function named(colour, text) {
  const box = element('span', undefined, { class: 'named' }), key = element('span', undefined, { class: 'key' });
  key.style.background = colour;
  box.append(key, ' ' + text);
  return box;
}

// Names of the colours of stacked bars, as their columns' heads.
function keys(names) {
  const box = element('span');
  for (const [colour, text] of names) box.append(named(`var(--${colour})`, text), ' ');
  return box;
}

const sumCells = (sums, energyOfAll) => [short(sums.macs), short(sums.memory_bytes), short(sums.byte_hops),
  short(sums.off_chip_bytes), joule(sums.energy_pj), percent(ratio(sums.energy_pj, energyOfAll)), energyBar(sums)];
const sumHeads = ['multiply-adds', 'memory B', 'B·hops', 'off-chip B', 'energy', 'share',
  keys(spenders.map(([key, name]) => [key.replace('_', '-'), name]))];

function drawStages() {
  const total = run(), trains = chosen.run === 'training';
  const partKeys = keys(partNames.map(name => [name, name]));
  const cells = (name, count, used, sums) => [name, whole(count), used, ...(trains ? [short(sums.weight_writes)] : []),
    ...sumCells(sums, total.energy_pj), ...(trains ? [partBar(sums)] : [])];
  const body = total.stages.map((stage, i) => {
    const { cores: count, weights, weight_room } = cost.stages[i];
    const used = weight_room ? percent(weights / weight_room) : '–';
    const line = row(cells(named(stageColour(i), stage.stage), count, used, stage));
    line.dataset.stage = i;
    line.className = chosen.stage === i ? 'chosen' : '';
    line.addEventListener('click', () => choose('stage', chosen.stage === i ? -1 : i));
    return line;
  });
  table('stages', ['layer', 'cores', 'used', ...(trains ? ['writes'] : []), ...sumHeads.map(copy),
    ...(trains ? [partKeys] : [])], body, [row(cells('all', data.cores, '', total))]);
}
// A node stands in one place only.
const copy = cell => typeof cell === 'string' ? cell : cell.cloneNode(true);

function drawParts() {
  const trains = chosen.run === 'training';
  byId('parts').hidden = byId('parts-title').hidden = !trains;
  table('parts', ['part of a training step', ...sumHeads.map(copy)],
    run().parts.map(part => row([named(`var(--${part.part})`, part.part), ...sumCells(part, run().energy_pj)])));
}

const reliefs = { cut: 'blocks are cut to fill it', off_chip: 'more would go off chip', none: 'more would not fit' };
function drawLimits() {
  const body = data.limits.map(limit => {
    const share = ratio(limit.need, limit.supply);
    const colour = limit.relief === 'cut' ? 'memory' : share > 0.9 ? 'off-chip' : 'mac';
    const where = limit.core === undefined ? 'all' : `(${cores.x[limit.core]}, ${cores.y[limit.core]}) ${limit.stage}`;
    const need = `${whole(limit.need)} of ${whole(limit.supply)} ${limit.unit}`;
    return row([limit.limit, shareBar(share, colour), percent(share), need, where, reliefs[limit.relief]]);
  });
  table('limits', ['limit', '', '', 'need', 'core', ''], body);
}

function drawBusiest() {
  const links = run().links;
  const order = links.bytes.map((load, i) => i).sort((a, b) => links.bytes[b] - links.bytes[a] || a - b);
  table('busiest', ['link', 'bytes of the batch', 'of its bandwidth'], order.slice(0, 10).map(i =>
    row([linkTitle(i), whole(links.bytes[i]), percent(bandwidthShare(links.bytes[i]))])));
}

function layerKey(stage) {
  const { stage: name, cores: count } = cost.stages[stage];
  const key = element('button', undefined, { 'aria-pressed': chosen.stage === stage });
  key.append(named(stageColour(stage), `${name} (${whole(count)})`));
  key.addEventListener('click', () => choose('stage', chosen.stage === stage ? -1 : stage));
  return key;
}

function scaleBar(low, high) {
  const scale = element('div', undefined, { class: 'scale' }), ends = element('div', undefined, { class: 'ends' });
  scale.style.background = `linear-gradient(to right, ${[0, .25, .5, .75, 1].map(rampColour).join(', ')})`;
  ends.append(element('span', low), element('span', high));
  return [scale, ends];
}

function linkLegend() {
  const most = largest(run().links.bytes);
  if (!byId('links').checked || !most) return [];
  return [element('p', 'links: bytes of the batch'), ...scaleBar(bytes(most / 10 ** decades), bytes(most))];
}

function drawLegend() {
  const measure = measures[chosen.colour];
  if (!measure.of) {
    const used = cost.stages.map((stage, i) => i).filter(i => cost.stages[i].cores > 0);
    return byId('legend').replaceChildren(...used.map(layerKey), ...linkLegend());
  }
  byId('legend').replaceChildren(element('p', `${measure.title}: ${measure.note}`),
    ...scaleBar(measure.text(measure.end ? 0 : scaleEnd() / 10 ** decades), measure.text(scaleEnd())), ...linkLegend());
}

function drawDetails() {
  const core = chosen.core;
  const shown = core < 0 ? [] : [element('strong', coreTitle(core)), definitionList(coreFacts(core))];
  byId('details').replaceChildren(...shown);
}
