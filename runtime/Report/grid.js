// Part of wage, under the Apache License v2.0 with LLVM Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The core grid: cells, links between them, zoom, and what lies under the pointer.

const fill = 0.72;                                  // share of a position that the cell takes; links lie in the rest
const steps = [[1, 0], [-1, 0], [0, 1], [0, -1]];   // of the directions east, west, south, north
const camera = { x: 0, y: 0, pitch: 10 };           // position (x, y) of the canvas's corner, pixels per position
const blocksAt = new Map();                         // number of position -> blocks of the core there
const numberOf = core => cores.y[core] * columns + cores.x[core];
for (let core = 0; core < blockCount; ++core) {
  if (!blocksAt.has(numberOf(core))) blocksAt.set(numberOf(core), []);
  blocksAt.get(numberOf(core)).push(core);
}

// The part of the grid that is shown at first: the cores in use, or all.
function fitView() {
  const canvas = byId('grid'), used = chosen.view === 'used';
  const width = used ? largest(cores.x) + 1 : columns, height = used ? largest(cores.y) + 1 : rows;
  canvas.style.height = Math.min(Math.max(canvas.clientWidth * (height + 1) / (width + 1), 320), 760) + 'px';
  camera.pitch = Math.min(canvas.clientWidth / (width + 1), canvas.clientHeight / (height + 1), 64);
  camera.x = (width - canvas.clientWidth / camera.pitch) / 2;
  camera.y = (height - canvas.clientHeight / camera.pitch) / 2;
}

const toX = x => (x - camera.x) * camera.pitch;
const toY = y => (y - camera.y) * camera.pitch;

function coreColour(core, end) {
  const measure = measures[chosen.colour];
  if (!measure.of) return stageColour(stageOf(core));
  const share = ratio(measure.of(core), end);
  return rampColour(measure.end ? share : logarithmic(share));
}

// The end of the scale of what is shown.
function scaleEnd() {
  const measure = measures[chosen.colour];
  let most = 0;
  for (let core = 0; core < blockCount; ++core) most = Math.max(most, measure.of(core));
  return measure.end || most;
}

function drawEmpty(pen, width, height) {
  const size = fill * camera.pitch, left = (1 - fill) / 2;
  if (camera.pitch < 4) {
    pen.fillStyle = cssColour('empty');
    pen.fillRect(toX(0), toY(0), columns * camera.pitch, rows * camera.pitch);
    return;
  }
  pen.fillStyle = cssColour('empty');
  const x0 = Math.max(0, Math.floor(camera.x)), x1 = Math.min(columns, camera.x + width / camera.pitch);
  const y0 = Math.max(0, Math.floor(camera.y)), y1 = Math.min(rows, camera.y + height / camera.pitch);
  for (let y = y0; y < y1; ++y)
    for (let x = x0; x < x1; ++x) pen.fillRect(toX(x + left), toY(y + left), size, size);
}

function drawCores(pen, width, height) {
  const dense = camera.pitch < 4, size = (dense ? 1 : fill) * camera.pitch, left = dense ? 0 : (1 - fill) / 2;
  const end = measures[chosen.colour].of ? scaleEnd() : 0;
  for (let core = 0; core < blockCount; ++core) {
    const x = toX(cores.x[core] + left), y = toY(cores.y[core] + left);
    if (x > width || y > height || x + size < 0 || y + size < 0) continue;
    pen.globalAlpha = chosen.stage >= 0 && chosen.stage !== stageOf(core) ? 0.18 : 1;
    pen.fillStyle = coreColour(core, end);
    const blocks = blocksAt.get(numberOf(core)), strip = size / blocks.length; // side by side
    pen.fillRect(x + blocks.indexOf(core) * strip, y, strip, size);
  }
  pen.globalAlpha = 1;
}

// Links as bars in the gaps; opposite directions side by side, each on its own right.
function drawLinks(pen, width, height) {
  const links = run().links, most = largest(links.bytes);
  if (camera.pitch < 6) return;
  const half = camera.pitch * (1 - fill) / 2, bar = Math.max(1, 0.16 * camera.pitch);
  for (let i = 0; i < links.bytes.length; ++i) {
    const [dx, dy] = steps[links.direction[i]];
    const x = toX(links.x[i] + 0.5 + dx / 2 - 0.13 * dy), y = toY(links.y[i] + 0.5 + dy / 2 + 0.13 * dx);
    if (x < -bar || y < -bar || x > width + bar || y > height + bar) continue;
    const w = dx ? half : bar / 2, h = dx ? bar / 2 : half;
    pen.fillStyle = rampColour(logarithmic(ratio(links.bytes[i], most)));
    pen.fillRect(x - w, y - h, 2 * w, 2 * h);
  }
}

function drawChips(pen) {
  if (data.chip.chip_columns * data.chip.chip_rows === 1) return;
  pen.strokeStyle = cssColour('soft');
  pen.lineWidth = 1.5;
  for (let x = 0; x <= columns; x += data.chip.core_columns)
    pen.strokeRect(toX(x), toY(0), 0, rows * camera.pitch);
  for (let y = 0; y <= rows; y += data.chip.core_rows)
    pen.strokeRect(toX(0), toY(y), columns * camera.pitch, 0);
}

function drawGrid() {
  const { pen, width, height } = context(byId('grid'));
  drawEmpty(pen, width, height);
  drawCores(pen, width, height);
  if (byId('links').checked) drawLinks(pen, width, height);
  drawChips(pen);
  if (chosen.core >= 0) {
    pen.strokeStyle = cssColour('text');
    pen.lineWidth = 2;
    pen.strokeRect(toX(cores.x[chosen.core]), toY(cores.y[chosen.core]), camera.pitch, camera.pitch);
  }
}

// The core, or else the link, under a pixel of the canvas.
function hit(px, py) {
  const x = camera.x + px / camera.pitch, y = camera.y + py / camera.pitch;
  const column = Math.floor(x), row = Math.floor(y), edge = camera.pitch < 6 ? 0 : (1 - fill) / 2;
  const inX = x - column, inY = y - row, blocks = blocksAt.get(row * columns + column);
  if (column < 0 || row < 0 || column >= columns || row >= rows) return {};
  if (inX >= edge && inX <= 1 - edge && inY >= edge && inY <= 1 - edge) {
    const along = Math.min(Math.max((inX - edge) / (1 - 2 * edge), 0), 0.999);
    return blocks ? { core: blocks[Math.floor(along * blocks.length)] } : {};
  }
  return { link: byId('links').checked ? nearestLink(x, y) : undefined };
}

function nearestLink(x, y) {
  const links = run().links;
  let best, nearest = 0.2;
  for (let i = 0; i < links.bytes.length; ++i) {
    const [dx, dy] = steps[links.direction[i]];
    const away = Math.hypot(links.x[i] + 0.5 + dx / 2 - 0.13 * dy - x, links.y[i] + 0.5 + dy / 2 + 0.13 * dx - y);
    if (away < nearest) [best, nearest] = [i, away];
  }
  return best;
}

// Of what a link could carry in the cycles of the batch.
const bandwidthShare = load => ratio(load, run().cycles * cost.link_bytes_per_cycle);

const directions = ['east', 'west', 'south', 'north'];
function linkFacts(i) {
  const links = run().links, load = links.bytes[i];
  return [['bytes in the batch', whole(load)], ['of the busiest', percent(ratio(load, largest(links.bytes)))],
    ['of its bandwidth', percent(bandwidthShare(load))]];
}
const coreTitle = core => `core (${cores.x[core]}, ${cores.y[core]})`;
const linkTitle = i => `link (${run().links.x[i]}, ${run().links.y[i]}) ${directions[run().links.direction[i]]}`;

function pointAt(event) {
  const { core, link } = hit(event.offsetX, event.offsetY);
  if (core !== undefined) showTooltip(event, coreTitle(core), coreFacts(core));
  else if (link !== undefined) showTooltip(event, linkTitle(link), linkFacts(link));
  else showTooltip(event);
}

// Keeps what is under the pointer there.
function zoomAt(px, py, factor) {
  const pitch = Math.min(Math.max(camera.pitch * factor, 0.3), 160);
  camera.x += px / camera.pitch - px / pitch;
  camera.y += py / camera.pitch - py / pitch;
  camera.pitch = pitch;
  drawGrid();
}

function watchGrid() {
  const canvas = byId('grid');
  let from;
  canvas.addEventListener('pointerdown', event => { from = { x: event.offsetX, y: event.offsetY, moved: false }; });
  canvas.addEventListener('pointermove', event => {
    if (!from) return pointAt(event);
    const dx = event.offsetX - from.x, dy = event.offsetY - from.y;
    if (!from.moved && Math.hypot(dx, dy) < 4) return;
    camera.x -= dx / camera.pitch;
    camera.y -= dy / camera.pitch;
    from = { x: event.offsetX, y: event.offsetY, moved: true };
    drawGrid();
  });
  canvas.addEventListener('pointerup', event => {
    if (from && !from.moved) choose('core', hit(event.offsetX, event.offsetY).core ?? -1);
    from = undefined;
  });
  canvas.addEventListener('pointerleave', event => { from = undefined; showTooltip(event); });
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    zoomAt(event.offsetX, event.offsetY, Math.exp(-event.deltaY / 400));
  }, { passive: false });
}
