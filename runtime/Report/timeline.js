// Part of wage, under the Apache License v2.0 with LLVM Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When each phase, and in it each core, begins and ends.

const shownPhases = () => data.phases.slice(0, run().phases);

// Left edge and width of each phase's bar: its share of the cycles, but wide enough to click.
function phaseBars(width) {
  const list = shownPhases(), least = Math.min(6, width / (2 * list.length));
  const free = width - least * list.length;
  let left = 0;
  return list.map(phase => {
    const bar = { left, width: least + free * ratio(phase.cycles, run().cycles) };
    left += bar.width;
    return bar;
  });
}

function drawPhases() {
  const { pen, width, height } = context(byId('phases'));
  const bars = phaseBars(width);
  pen.font = '12px system-ui, sans-serif';
  shownPhases().forEach((phase, i) => {
    const { left, width: wide } = bars[i], top = i === chosen.phase ? 0 : 6;
    pen.fillStyle = cssColour(phase.part);
    pen.fillRect(left, top, Math.max(wide - 1, 1), height - 6 - top);
    if (i === chosen.phase) {
      pen.fillStyle = cssColour('text');
      pen.fillRect(left, height - 4, Math.max(wide - 1, 1), 3);
    }
    pen.fillStyle = '#fff';
    const label = pen.measureText(phase.phase).width + 10;
    if (label < wide) pen.fillText(phase.phase, left + 5, 24);
    const second = short(phase.cycles) + ' cycles';
    if (pen.measureText(second).width + 10 < wide) pen.fillText(second, left + 5, 40);
  });
}

// A round number of cycles of which about eight fit.
function tickOf(cycles) {
  const rough = Math.max(cycles / 8, 1), size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find(step => step * size >= rough) * size;
}

const axisHeight = 20;
function drawAxis(pen, width, height, cycles) {
  pen.fillStyle = cssColour('soft');
  pen.strokeStyle = cssColour('line');
  pen.lineWidth = 1;
  pen.font = '11px system-ui, sans-serif';
  for (let tick = 0, step = tickOf(cycles); tick <= cycles; tick += step) {
    const x = width * tick / cycles;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, height - axisHeight);
    pen.stroke();
    if (x < width - 40) pen.fillText(short(tick), x + 3, height - 6);
  }
}

// Cores of the phase, by layer and then by number; sorted once, since every move of the mouse asks.
function spanOrder(timeline) {
  timeline.order ??= timeline.core.map((core, i) => i).sort((a, b) =>
    stageOf(timeline.core[a]) - stageOf(timeline.core[b]) || timeline.core[a] - timeline.core[b]);
  return timeline.order;
}

function drawSpans() {
  const { pen, width, height } = context(byId('spans'));
  const phase = data.phases[chosen.phase], cycles = Math.max(phase.latency_cycles, 1);
  const order = spanOrder(phase.timeline), line = (height - axisHeight) / Math.max(order.length, 1);
  drawAxis(pen, width, height, cycles);
  order.forEach((i, at) => {
    const core = phase.timeline.core[i], begin = phase.timeline.begin[i], end = phase.timeline.end[i];
    pen.globalAlpha = 0.25 + 0.75 * ratio(phase.timeline.busy[i], end - begin);
    if (chosen.stage >= 0 && chosen.stage !== stageOf(core)) pen.globalAlpha *= 0.25;
    pen.fillStyle = stageColour(stageOf(core));
    const wide = Math.max(width * (end - begin) / cycles, 1), high = Math.max(line - (line > 4), 0.6);
    pen.fillRect(width * begin / cycles, at * line, wide, high);
  });
  pen.globalAlpha = 1;
  if (!phase.per_sample || phase.interval_cycles > cycles) return;
  pen.strokeStyle = cssColour('text');
  pen.setLineDash([5, 4]);
  const x = Math.min(width * phase.interval_cycles / cycles, width - 1);
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, height - axisHeight);
  pen.stroke();
}

const bounds = { core: 'the busiest core', link: 'the busiest link', off_chip: 'the off-chip port',
  buffer: 'the buffer whose places are free again last' };
function describePhase() {
  const phase = data.phases[chosen.phase];
  const often = phase.per_sample
    ? `the first sample takes ${whole(phase.latency_cycles)} cycles, each further one ${whole(phase.interval_cycles)}` +
      `${phase.interval_cycles > phase.latency_cycles ? '' : ' (dashed)'}, as ${bounds[phase.bound]} allows`
    : `runs once, ${whole(phase.cycles)} cycles`;
  byId('phase-note').textContent = `${phase.phase}: ${often}; cycles ${whole(phase.begin_cycle)} to ` +
    `${whole(phase.begin_cycle + phase.cycles)} of the step; ${whole(phase.timeline.core.length)} cores, ` +
    `${short(phase.macs)} multiply-adds, ${joule(phase.energy_pj)} ${phase.per_sample ? 'a sample' : ''}`;
}

function drawTimeline() {
  drawPhases();
  drawSpans();
  describePhase();
}

function phaseAt(px) {
  const bars = phaseBars(byId('phases').clientWidth);
  return bars.findIndex(bar => px >= bar.left && px < bar.left + bar.width);
}

function phaseFacts(phase) {
  return [['cycles', whole(phase.cycles)], ['time', time(phase.cycles)],
    ['share', percent(ratio(phase.cycles, run().cycles))], ['mostly', phase.part]];
}

function spanAt(px, py) {
  const canvas = byId('spans'), timeline = data.phases[chosen.phase].timeline;
  const at = Math.floor(py / ((canvas.clientHeight - axisHeight) / Math.max(timeline.core.length, 1)));
  return py < canvas.clientHeight - axisHeight ? spanOrder(timeline)[at] : undefined;
}

function watchTimeline() {
  const phases = byId('phases'), spans = byId('spans');
  phases.addEventListener('pointermove', event => {
    const phase = shownPhases()[phaseAt(event.offsetX)];
    phase ? showTooltip(event, phase.phase, phaseFacts(phase)) : showTooltip(event);
  });
  phases.addEventListener('click', event => {
    const phase = phaseAt(event.offsetX);
    if (phase >= 0) choose('phase', phase);
  });
  spans.addEventListener('pointermove', event => {
    const i = spanAt(event.offsetX, event.offsetY), timeline = data.phases[chosen.phase].timeline;
    if (i === undefined) return showTooltip(event);
    const [begin, end, busy] = [timeline.begin[i], timeline.end[i], timeline.busy[i]];
    showTooltip(event, coreTitle(timeline.core[i]), [['layer', stageName(timeline.core[i])], ['begins', whole(begin)],
      ['ends', whole(end)], ['at work', `${whole(busy)} (${percent(ratio(busy, end - begin))})`]]);
  });
  for (const canvas of [phases, spans]) canvas.addEventListener('pointerleave', event => showTooltip(event));
}
