"""Opens a page of `wage-run report` in headless Chromium and compares it with `wage-run info --json` of the binary:

    look_at_page.py PAGE.html INFO.json [--cores=N] [--screenshot=FILE.png] [--size=WxH]

Checked: the browser's console stays empty and nothing is asked of the network; the totals are the JSON's, of every run; a
mouse over a core (N of them, spread over the list) shows its place, layer and memory; every colour and view and the large
phases can be chosen; a layer chosen in the table is marked; a phase's cores show their times. If the JSON has measured spikes:
their table is the JSON's, the raster has as many marks, of the right colour where spikes are and none where there are none, and
shows neuron and value under the mouse; else there is no such section. Prints what is wrong, or the number of checks.
"""
import argparse
import json
import shutil
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

SCHEMES_WITHIN = ("file:", "data:")


def open_browser(size):
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={size}"):
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # The driver is Debian's; Selenium must not look for another one.
    return webdriver.Chrome(options=options, service=webdriver.chrome.service.Service(shutil.which("chromedriver")))


def number_of(text):
    """The number that the page shows as `text`: "14.94 M", "53.1 %", "1,176"."""
    size, _, unit = text.replace(",", "").partition(" ")
    return float(size) * {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.get(unit, 1)


class Page:
    def __init__(self, browser, info):
        self.browser, self.info, self.checks, self.problems = browser, info, 0, []

    def check(self, good, what):
        self.checks += 1
        if not good:
            self.problems.append(what)

    def press(self, group, choice):
        button = self.browser.find_element(By.CSS_SELECTOR, f"#{group} [data-choice={choice}]")
        button.click()
        self.check(button.get_attribute("aria-pressed") == "true", f"{group}: '{choice}' is not pressed")

    def move(self, element, x, y):
        """The mouse to a point of an element, from its upper left corner. Offsets within elements count from the middle of the
        part in view, so that a place in the window is safer."""
        left, top = self.browser.execute_script(
            "const [element, x] = arguments; element.scrollIntoView({block: 'center'});"
            "element.parentElement.scrollLeft = x - 50;"
            "const box = element.getBoundingClientRect(); return [box.left, box.top]", element, x)
        chain = ActionChains(self.browser, duration=0)
        chain.w3c_actions.pointer_action.move_to_location(round(left + x), round(top + y))
        chain.perform()

    def tooltip(self):
        box = self.browser.find_element(By.ID, "tooltip")
        return box.text if box.is_displayed() else ""

    def read(self, selector, expression):
        """`expression` of every element `e` that the selector finds, in one go."""
        return self.browser.execute_script(f"return [...document.querySelectorAll('{selector}')].map(e => {expression})")

    def compare_totals(self, name):
        for key, shown, text in self.read("[data-key]", "[e.dataset.key, e.dataset.value, e.textContent]"):
            value = {"run": self.info["cost"][name], "data": self.info}
            for part in key.split("."):
                value = value[int(part) if isinstance(value, list) else part]
            self.check(float(shown) == float(value), f"{name}: {key} is {shown}, the JSON has {value}")
            self.check(text and "NaN" not in text and "undefined" not in text, f"{name}: {key} shows '{text}'")

    def compare_table(self, name):
        shown = [text.strip() for text in self.read("#stages tbody tr", "e.cells[0].textContent")]
        stages = [stage["stage"] for stage in self.info["cost"][name]["stages"]]
        self.check(shown == stages, f"{name}: the table has the layers {shown}")

    def hover_cores(self, count):
        table, stages = self.info["core_table"], self.info["cost"]["stages"]
        canvas = self.browser.find_element(By.ID, "grid")
        blocks = len(table["x"])
        self.check(self.browser.execute_script("return [...blocksAt.values()].flat().length") == blocks,
                   f"the grid does not have all of the {blocks} blocks")
        for core in range(0, blocks, max(1, blocks // count)):
            self.move(canvas, *self.browser.execute_script("return wageReport.show(arguments[0])", core))
            text = self.tooltip()
            for wanted in (f"core ({table['x'][core]}, {table['y'][core]})", stages[table["stage"][core]]["stage"],
                           f"{table['data_bytes'][core]:,} of {table['data_room'][core]:,} B"):
                self.check(wanted in text, f"over core {core}: '{wanted}' is not in '{text}'")
        ActionChains(self.browser, duration=0).click().perform()
        self.check("data memory" in self.browser.find_element(By.ID, "details").text, "a click keeps no core")

    def choose_layer(self):
        line = self.browser.find_element(By.CSS_SELECTOR, "#stages tbody tr")
        line.click()
        self.check("chosen" in self.browser.find_element(By.CSS_SELECTOR, "#stages tbody tr").get_attribute("class"),
                   "a layer cannot be chosen")
        self.browser.find_element(By.CSS_SELECTOR, "#stages tbody tr").click()

    def look_at_phases(self, name):
        canvas, spans = (self.browser.find_element(By.ID, part) for part in ("phases", "spans"))
        width, seen = canvas.size["width"], set()
        for step in range(1, 16):
            self.move(canvas, width * step / 16, 30)
            ActionChains(self.browser, duration=0).click().perform()
            seen.add(self.browser.find_element(By.ID, "phase-note").text.split(":")[0])
        run = self.info["cost"][name]
        phases = self.info["phases"][:run["phases"]]
        known = {phase["phase"] for phase in phases}
        large = {phase["phase"] for phase in phases if phase["cycles"] >= 0.08 * run["cycles"]}
        self.check(large <= seen <= known, f"{name}: phases {large} are large, {seen} can be chosen")
        self.move(spans, spans.size["width"] / 2, 3)
        text = self.tooltip()
        self.check("begins" in text and "at work" in text, f"{name}: a core's span shows '{text}'")

    def look_at_rates(self, measured):
        images = measured["images"]
        lines = self.read("#spike-rates tbody tr", "[...e.cells].map(cell => cell.textContent.trim())")
        self.check([line[0] for line in lines] == [layer["layer"] for layer in measured["layers"]],
                   f"spikes: the table has the layers {[line[0] for line in lines]}")
        for line, layer in zip(lines, measured["layers"]):
            wanted = {}
            if "neurons" in layer:
                wanted.update({3: layer["neurons"], 4: layer["spikes"] / layer["values"],
                               5: layer["most_spikes"] / layer["values"], 6: 100 * layer["silent"] / layer["values"]})
            if "synaptic_events" in layer:
                found, most = layer["synaptic_events"], layer["most_synaptic_events"]
                wanted.update({8: found / images, 9: most / images, 10: 100 * found / most})
            for column, value in wanted.items():
                shown = number_of(line[column])
                self.check(abs(shown - value) <= 1e-3 * value + (0.06 if column in (6, 10) else 0),
                           f"{layer['layer']}: column {column} shows {line[column]}, the JSON has {value}")

    def spot(self, *place):
        return self.browser.execute_script("return wageReport.spot(...arguments)", *place)

    def colours_at(self, canvas, spots):
        """Red, green, blue and opacity at each spot; read at once, since the console warns of many readings."""
        return self.browser.execute_script(
            "const [canvas, spots] = arguments, scale = canvas.width / canvas.clientWidth;"
            "const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
            "return spots.map(([x, y]) => {"
            "  const at = 4 * (Math.floor(y * scale) * canvas.width + Math.floor(x * scale));"
            "  return [...all.slice(at, at + 4)]; });", canvas, spots)

    def look_at_colours(self, canvas, raster):
        places = []
        for index, layer in enumerate(raster["layers"]):
            events = list(zip(layer["event_row"], layer["event_tick"]))
            places += [(index, row, tick) for row, tick in events[::max(1, len(events) // 5)]]
            places += [(index, row, 0) for row, value in enumerate(layer["value"]) if value == 0][:3]
        colours = self.colours_at(canvas, [self.spot(*place) for place in places])
        for (index, row, tick), (red, _, blue, opacity) in zip(places, colours):
            layer = raster["layers"][index]
            value = layer["value"][row]
            is_right = abs(red - blue) < 20 if value == 0 else red > blue + 20 if value < 0 else blue > red + 20
            self.check(opacity == 255 and is_right,
                       f"{layer['layer']}, line {row}, tick {tick}: red {red}, blue {blue} for {value}")

    def look_at_raster(self, raster):
        canvas = self.browser.find_element(By.ID, "raster")
        marks = sum(len(layer["event_row"]) for layer in raster["layers"])
        self.check(int(canvas.get_attribute("data-marks")) == marks, f"the raster does not have {marks} marks")
        self.look_at_colours(canvas, raster)
        for index, layer in enumerate(raster["layers"]):
            if not layer["event_row"]:
                continue
            middle = len(layer["event_row"]) // 2
            row, tick = layer["event_row"][middle], layer["event_tick"][middle]
            self.move(canvas, *self.spot(index, row, tick))
            text = self.tooltip()
            for wanted in (f"neuron {layer['neuron'][row]:,}", f"{layer['value'][row]:,}"):
                self.check(wanted in text, f"{layer['layer']}: over line {row} '{wanted}' is not in '{text}'")

    def look_at_spikes(self):
        section = self.browser.find_element(By.ID, "spikes")
        self.check(section.is_displayed() == ("measured" in self.info), "spikes are shown, but were not measured, or not")
        if "measured" in self.info:
            self.look_at_rates(self.info["measured"])
            self.look_at_raster(self.info["measured"]["raster"])

    def read_logs(self):
        for entry in self.browser.get_log("browser"):
            self.problems.append(f"console: {entry['message']}")
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            url = message.get("params", {}).get("request", {}).get("url", "data:")
            if message["method"] == "Network.requestWillBeSent" and not url.startswith(SCHEMES_WITHIN):
                self.problems.append(f"asks for {url}")

    def look(self, cores):
        title = self.browser.find_element(By.ID, "title").text
        self.check(self.info["network"] in title, f"the title is '{title}'")
        runs = [name for name in ("inference", "training") if name in self.info["cost"]]
        for name in runs:
            self.press("runs", name)
            self.compare_totals(name)
            self.compare_table(name)
        self.look_at_spikes()
        self.look_at_phases(runs[-1])
        self.choose_layer()
        for view in ("all", "used"):
            self.press("views", view)
        for colour in ("utilisation", "memory", "load", "energy", "traffic", "noc", "layer"):
            self.press("colours", colour)
        self.hover_cores(cores)
        self.check(len(self.browser.find_elements(By.CSS_SELECTOR, "#limits tbody tr")) == len(self.info["limits"]),
                   "limits are missing")
        self.read_logs()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=lambda text: Path(text).resolve())
    parser.add_argument("info", type=Path)
    parser.add_argument("--cores", type=int, default=5)
    parser.add_argument("--screenshot")
    parser.add_argument("--size", default="1400,1800")
    arguments = parser.parse_args()
    browser = open_browser(arguments.size)
    try:
        browser.get(arguments.page.as_uri())
        if arguments.screenshot:
            browser.save_screenshot(arguments.screenshot)
        page = Page(browser, json.loads(arguments.info.read_text()))
        page.look(arguments.cores)
    finally:
        browser.quit()
    print("\n".join(page.problems) or f"{page.checks} checks")
    sys.exit(1 if page.problems else 0)


if __name__ == "__main__":
    main()
