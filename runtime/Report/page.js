// Part of wage, under the Apache License v2.0 with LLVM Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Puts the page together and redraws it when something is chosen.

function redraw() {
  drawTotals();
  drawSpikes();
  drawGrid();
  drawTimeline();
  drawStages();
  drawParts();
  drawLimits();
  drawBusiest();
  drawLegend();
  drawDetails();
}

function choose(what, value) {
  chosen[what] = value;
  if (what === 'run') chosen.phase = Math.min(chosen.phase, run().phases - 1);
  if (what === 'view') fitView();
  for (const button of document.querySelectorAll(`[data-choice][data-of=${what}]`))
    button.setAttribute('aria-pressed', button.dataset.choice === value);
  redraw();
}

// A row of buttons of which one is pressed.
function makeSwitch(id, what, choices) {
  byId(id).replaceChildren(...choices.map(([value, title]) => {
    const pressed = chosen[what] === value;
    const button = element('button', title, { 'data-of': what, 'data-choice': value, 'aria-pressed': pressed });
    button.addEventListener('click', () => choose(what, value));
    return button;
  }));
}

function writeHeader() {
  const bits = data.bits, chip = data.chip, input = data.input;
  const chips = chip.chip_columns * chip.chip_rows > 1 ? `${chip.chip_columns} × ${chip.chip_rows} chips of ` : '';
  document.title = `${data.network} on ${chip.name}: wage report`;
  byId('title').textContent = `${data.network} on ${chip.name}`;
  const widths = [bits.weights, bits.activations, bits.gradients, bits.errors].join('-');
  const grid = `${chip.core_columns} × ${chip.core_rows} cores`;
  byId('subtitle').textContent = `${chips}${grid} at ${cost.clock_megahertz} MHz; ` +
    `${data.mode === 'train' ? 'trains' : 'infers'} with bits ${widths}; ` +
    `input ${input.channels} × ${input.height} × ${input.width}, ${data.classes} classes`;
  byId('footer').textContent = 'Derived from the chip description, the instruction streams and the routes; the core ' +
    'engine counts the same numbers when it runs them' +
    (cost.at_most ? ', or less: messages are events, and as many are counted as there can be. ' : '. ') +
    'Energy leaves out leakage, clocks, packet headers and the arithmetic of elementwise instructions.';
}

// Titles of what counts the most events there can be.
function sayAtMost() {
  if (cost.at_most) for (const title of document.querySelectorAll('h2.cost')) title.textContent += ', at most';
}

function longestPhase() {
  return shownPhases().reduce((best, phase, i) => phase.cycles > data.phases[best].cycles ? i : best, 0);
}

writeHeader();
sayAtMost();
chosen.phase = longestPhase();
makeSwitch('runs', 'run', [['inference', 'inference'], ...(cost.training ? [['training', 'training step']] : [])]);
makeSwitch('colours', 'colour', Object.entries(measures).map(([key, measure]) => [key, measure.title]));
makeSwitch('views', 'view', [['used', 'cores in use'], ['all', 'whole system']]);
byId('links').addEventListener('change', redraw);
watchGrid();
watchTimeline();
watchSpikes();
fitView();
redraw();
addEventListener('resize', () => { fitView(); redraw(); });
darkPage.addEventListener('change', redraw);

// For programs that look at the page: brings a block's core into the middle, large enough to point at, and says where in the
// canvas the block is.
globalThis.wageReport = {
  show(core) {
    const canvas = byId('grid');
    camera.pitch = Math.max(camera.pitch, 24);
    camera.x = cores.x[core] + 0.5 - canvas.clientWidth / 2 / camera.pitch;
    camera.y = cores.y[core] + 0.5 - canvas.clientHeight / 2 / camera.pitch;
    drawGrid();
    const blocks = blocksAt.get(numberOf(core)), along = (blocks.indexOf(core) + 0.5) / blocks.length;
    return [toX(cores.x[core] + (1 - fill) / 2 + fill * along), toY(cores.y[core] + 0.5)];
  },
  // Where in its canvas a line and tick of a layer's window stand.
  spot(layer, line, tick) {
    const shown = rasterWindows()[layer];
    return [shown.left + shown.tick * (tick + 0.4), rasterTop + shown.line * (line + 0.5)];
  },
};
