// Part of wage, under the Apache License v2.0 with LLVM Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was measured on images: spikes by layer, and those of one image, one by one.

const measured = data.measured;
const rasterTop = 34, rasterAxis = 20; // room for titles above the windows, and for ticks below
const widestTick = 24, highestLine = 5, leastWindow = 118, windowGap = 10; // pixels; a title needs the least window

// Left edge and sizes of each layer's window, and of its lines.
function rasterWindows() {
  const layers = measured.raster.layers, box = byId('raster-box');
  const ticks = layers.reduce((sum, layer) => sum + layer.ticks, 0);
  const tick = Math.min(widestTick, Math.max((box.clientWidth - windowGap * layers.length) / ticks, 0.5));
  const room = byId('raster').clientHeight - rasterTop - rasterAxis;
  let left = 0, firstTick = 0;
  return layers.map(layer => {
    const line = Math.max(1, Math.min(highestLine, Math.floor(room / layer.neuron.length)));
    const shown = { layer, left, tick, line, firstTick, width: Math.max(tick * layer.ticks, leastWindow),
      height: line * layer.neuron.length };
    left = Math.ceil(left + shown.width + windowGap);
    firstTick += layer.ticks;
    return shown;
  });
}

// Spikes of the negative channel have a colour of their own; graded ones are the paler, the smaller what they carry.
const spikeColour = value => cssColour(value < 0 ? 'error' : 'accent');
function strengths(layer) {
  const most = layer.value.reduce((best, value) => Math.max(best, Math.abs(value)), 1);
  return layer.value.map(value => layer.code === 'graded' ? 0.3 + 0.7 * Math.abs(value) / most : 1);
}

function drawWindow(pen, shown, colours) {
  const { layer, left, tick, line, width, height } = shown, strength = strengths(layer);
  pen.fillStyle = colours.empty;
  pen.fillRect(left, rasterTop, tick * layer.ticks, height);
  const wide = Math.max(tick - (tick >= 4), 0.8), high = Math.max(line - (line >= 3), 1);
  layer.event_row.forEach((row, i) => {
    pen.globalAlpha = strength[row];
    pen.fillStyle = layer.value[row] < 0 ? colours.negative : colours.positive;
    pen.fillRect(left + tick * layer.event_tick[i], rasterTop + line * row, wide, high);
  });
  pen.globalAlpha = 1;
  pen.fillStyle = colours.text;
  pen.font = '12px system-ui, sans-serif';
  pen.fillText(layer.layer, left, 12, width);
  pen.fillStyle = colours.soft;
  pen.font = '11px system-ui, sans-serif';
  const part = layer.neuron.length < layer.neurons ? `${whole(layer.neuron.length)} of ` : '';
  pen.fillText(`${part}${whole(layer.neurons)} neurons`, left, 27, width);
  return layer.event_row.length;
}

// Ticks count on from window to window.
function drawTicks(pen, shown) {
  const { layer, left, tick, firstTick, height } = shown;
  const step = Math.max(tickOf(Math.max(layer.ticks, 1) * 40 / Math.max(tick * layer.ticks, 1) * 8), 1);
  for (let at = 0; at < layer.ticks; at += step) {
    const text = (firstTick + at ? '' : 'tick ') + whole(firstTick + at);
    pen.fillText(text, left + tick * at, rasterTop + height + 14);
  }
}

function drawRaster() {
  const canvas = byId('raster'), windows = rasterWindows(), last = windows[windows.length - 1];
  canvas.style.width = Math.max(last.left + last.width, 1) + 'px';
  const { pen } = context(canvas);
  const colours = { empty: cssColour('empty'), positive: spikeColour(1), negative: spikeColour(-1),
    text: cssColour('text'), soft: cssColour('soft') };
  let marks = 0;
  for (const shown of windows) {
    marks += drawWindow(pen, shown, colours);
    drawTicks(pen, shown);
  }
  canvas.dataset.marks = marks;
}

function drawRasterKeys() {
  const values = measured.raster.layers.flatMap(layer => layer.value), keys = [];
  if (values.some(value => value >= 0)) keys.push(named(spikeColour(1), 'spike'));
  if (values.some(value => value < 0)) keys.push(named(spikeColour(-1), 'spike of the channel for negative values'));
  byId('raster-keys').replaceChildren(...keys);
}

const atMost = (found, most, text) => `of at most ${text(most)}: ${percent(ratio(found, most))}`;
const beside = (key, most, title, text, images) =>
  card('data.measured.' + key, title, text(measured[key] / images),
    atMost(measured[key], measured[most], value => text(value / images)));

function drawMeasured() {
  const m = measured;
  byId('measured').replaceChildren(
    beside('energy_pj_per_image', 'most_energy_pj_per_image', 'energy an image', joule, 1),
    beside('mean_latency_cycles', 'most_latency_cycles', 'latency, mean', time, 1),
    beside('cycles', 'most_cycles', 'cycles an image', short, m.images),
    beside('spikes', 'most_spikes', 'spikes an image', short, m.images),
    card('data.measured.silent', 'silent values', percent(ratio(m.silent, m.values)),
      `${short(ratio(m.spikes, m.values))} spikes a value`),
    beside('synaptic_events', 'most_synaptic_events', 'synaptic events an image', short, m.images));
  const count = `${whole(m.images)} ${m.images === 1 ? 'image' : 'images'}`;
  byId('measured-note').textContent = `Measured on ${count} in batches of at most ${whole(m.largest_batch)}. ` +
    'At most: every value has an event in every tick of its window.';
  byId('raster-title').textContent = `Spikes of image ${whole(m.raster.image)}`;
  const isGraded = m.raster.layers.some(layer => layer.code === 'graded');
  byId('raster-note').textContent = 'A line is a neuron, up to 200 of each layer, chosen evenly; a column is a tick. ' +
    'The layers’ windows follow each other; a spike stands in the window in which its neuron’s layer sends.' +
    (isGraded ? ' Graded spikes are the paler, the less they carry.' : '');
}

function keyed(key, text) {
  return element('span', text, { 'data-key': key, 'data-value': valueOf(key) });
}

function spikeRow(layer, i) {
  const key = `data.measured.layers.${i}.`, images = measured.images;
  const stage = cost.stages.findIndex(one => one.has_weights && one.stage === layer.layer);
  const none = '–';
  const fires = layer.neurons === undefined ? [...Array(6).fill(none), ''] : [layer.code, whole(layer.ticks),
    whole(layer.neurons), keyed(key + 'spikes', short(ratio(layer.spikes, layer.values))),
    short(ratio(layer.most_spikes, layer.values)), keyed(key + 'silent', percent(ratio(layer.silent, layer.values))),
    shareBar(ratio(layer.silent, layer.values), 'soft')];
  const found = layer.synaptic_events, most = layer.most_synaptic_events;
  const takes = found === undefined ? [...Array(3).fill(none), ''] : [
    keyed(key + 'synaptic_events', short(found / images)), short(most / images), percent(ratio(found, most)),
    shareBar(ratio(found, most), 'mac')];
  return row([stage < 0 ? layer.layer : named(stageColour(stage), layer.layer), ...fires, ...takes]);
}

function drawSpikes() {
  byId('spikes').hidden = !measured;
  if (!measured) return;
  drawMeasured();
  drawRaster();
  drawRasterKeys();
  table('spike-rates', ['layer', 'code', 'ticks', 'neurons', 'spikes a value', 'at most', 'silent', '',
    'synaptic events an image', 'at most', 'share', ''], measured.layers.map(spikeRow));
}

function lineAt(px, py) {
  const shown = rasterWindows().find(({ left, width }) => px >= left && px < left + width);
  if (!shown) return {};
  const row = Math.floor((py - rasterTop) / shown.line), tick = Math.floor((px - shown.left) / shown.tick);
  return row >= 0 && row < shown.layer.neuron.length && tick < shown.layer.ticks ? { shown, row, tick } : {};
}

function watchSpikes() {
  if (!measured) return;
  const canvas = byId('raster');
  canvas.addEventListener('pointermove', event => {
    const { shown, row, tick } = lineAt(event.offsetX, event.offsetY);
    if (!shown) return showTooltip(event);
    const { layer, firstTick } = shown, spikes = layer.event_row.filter(one => one === row).length;
    showTooltip(event, `${layer.layer}, neuron ${whole(layer.neuron[row])}`, [['fires', whole(layer.value[row])],
      ['spikes', whole(spikes)], ['tick', `${whole(tick)} of the window, ${whole(firstTick + tick)} in all`]]);
  });
  canvas.addEventListener('pointerleave', event => showTooltip(event));
}
