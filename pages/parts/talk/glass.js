/* The glass: title, finding, map and charts of one scene. Everything of every scene is in the browser before it is
   shown, so that a scene changes without the server, and goes on changing when the server is away. */

const BASE = 36; // px of type at 1080 lines: 18 pt on a slide of 7.5 inches
const CHART_TYPE = { light: 19, dark: 12 }; // px of type that figures are made with: on light ground the projector's

const make = (tag, className, text) => {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
};

/** Px of type: a thirtieth of the height, less where the glass is narrow for its height. */
function typeSize() {
  return Math.max(16, Math.min(window.innerHeight / 30, window.innerWidth / 40));
}

const probe = document.createElement("canvas").getContext("2d");

function mapFrame() {
  return document.querySelector(".st-key-stage_map iframe");
}

function mapDoor() {
  return mapFrame()?.contentWindow?.linli;
}

function build(talk) {
  const root = make("section", "ll-stage"), w = talk.words;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", w.label);
  root.innerHTML =
    '<div class="ll-stage-head"><h1></h1><p></p></div><div class="ll-stage-map"></div><div class="ll-stage-side"></div>' +
    '<div class="ll-stage-foot"><span class="ll-stage-source"></span><span class="ll-stage-facts"></span><span class="ll-stage-count"></span></div>';
  talk.root = root;
  talk.finding = root.querySelector("p");
  talk.hole = root.querySelector(".ll-stage-map");
  talk.side = root.querySelector(".ll-stage-side");
  talk.count = root.querySelector(".ll-stage-count");
  talk.finding.setAttribute("aria-live", "polite");
  talk.blank = make("div", "ll-stage-blank");
  talk.blank.hidden = true;
  return root;
}

/** The longest finding of all scenes decides how much room it has, so that the map keeps its size. */
function reserve(talk) {
  const head = talk.root.querySelector(".ll-stage-head"), twin = head.cloneNode(true);
  twin.style.cssText = "position:absolute;visibility:hidden;min-height:0;width:" + head.clientWidth + "px";
  talk.root.append(twin);
  let most = 0;
  for (const scene of talk.scenes.values()) {
    writeHead(twin, scene);
    most = Math.max(most, twin.offsetHeight);
  }
  twin.remove();
  if (most) document.documentElement.style.setProperty("--head", most + "px");
}

/** Title and finding; a title that is the finding itself stands alone, and a long one is set smaller, in two lines. */
function writeHead(head, scene) {
  const [title, finding] = [head.querySelector("h1"), head.querySelector("p")], alone = scene.finding.startsWith(scene.title);
  title.textContent = alone ? scene.finding : scene.title;
  finding.textContent = alone ? "" : scene.finding;
  title.removeAttribute("data-long");
  title.toggleAttribute("data-long", title.scrollWidth > title.clientWidth + 1);
}

/** The source line is one line: where one scene's is too long for the glass, all say it shortly, and the notes say it whole. */
function writeFoot(talk) {
  const [source, facts] = [".ll-stage-source", ".ll-stage-facts"].map((name) => talk.root.querySelector(name));
  const scene = talk.scenes.get(talk.at), room = source.parentElement.clientWidth - talk.count.offsetWidth - typeSize();
  probe.font = getComputedStyle(source).font;
  const long = [...talk.scenes.values()].some((each) => each.map && probe.measureText(each.source).width > room);
  source.textContent = long ? scene.short[0] : scene.source;
  facts.textContent = long ? scene.short[1] : "";
  source.parentElement.title = scene.source;
}

/** Sizes follow the glass; the map's frame is laid over the hole kept for it, and never made again. */
function fit(talk) {
  const size = typeSize(), root = document.documentElement;
  root.style.setProperty("--stage", size + "px");
  const scene = talk.scenes.get(talk.at);
  if (scene) {
    writeHead(talk.root.querySelector(".ll-stage-head"), scene); // a title may be too long for the new width
    writeFoot(talk);
  }
  reserve(talk);
  place(talk);
  const door = mapDoor();
  if (door && talk.scale !== size) {
    talk.scale = size;
    door.stage(size / (talk.dark ? 13.4 : 13.4 * 1.35));
  }
  redrawInk(talk);
}

/** The map's frame goes where the scene's layout keeps room for it, and the scene's own charts get their size. */
function place(talk) {
  const hole = talk.hole.getBoundingClientRect(), key = [hole.left, hole.top, hole.width, hole.height].join();
  if (talk.placed !== key) {
    talk.placed = key;
    for (const name of ["left", "top", "width", "height"]) document.documentElement.style.setProperty("--map-" + name, hole[name] + "px");
  }
  trim(talk, talk.sides.get(talk.at));
  for (const plot of talk.sides.get(talk.at)?.querySelectorAll(".ll-plot") || []) scalePlot(plot);
}

/** Where a long list leaves the trend too little height, rows of its middle go; the gap says how many there are. */
function trim(talk, side) {
  const list = side?.querySelector("ol"), gap = list?.querySelector(".ll-bar-gap"), plot = side?.querySelector(".ll-chart-trend .ll-plot");
  if (!gap || !plot) return;
  const rows = [...list.children], at = rows.indexOf(gap), order = [rows[at - 1], rows[at + 1], rows[at - 2]];
  order.forEach((row) => (row.hidden = false));
  let away = 0;
  while (away < order.length && plot.clientHeight < typeSize() * 4.2) order[away++].hidden = true;
  gap.textContent = talk.words.gap.replace("{count}", Number(gap.dataset.count) + away);
}

/** The map's frame answers when its scripts have run. */
function whenMap(talk, then) {
  const frame = mapFrame(), door = mapDoor();
  if (!door || !frame.contentDocument.querySelector(".leaflet-pane")) return setTimeout(() => talk.root.isConnected && whenMap(talk, then), 60);
  if (talk.heard !== frame.contentWindow) {
    talk.heard = frame.contentWindow;
    talk.scale = 0;
    frame.contentWindow.addEventListener("keydown", talk.onKey, true);
    frame.contentWindow.addEventListener("linli:moved", () => redrawInk(talk));
    frame.contentWindow.addEventListener("mousemove", (e) => {
      const box = frame.getBoundingClientRect();
      pointerAt(talk, e.clientX + box.left, e.clientY + box.top);
    });
    fit(talk);
  }
  then(door);
}

/** Show the scene of that name; one that has not come yet is shown when it comes. */
function show(talk, key) {
  if (!talk.keys.includes(key)) key = talk.keys[0];
  const from = performance.now(), scene = talk.scenes.get(key);
  if (talk.at !== key) {
    if (talk.at && talk.news) withCurrent(talk);
    leaveScene(talk);
    talk.at = key;
    talk.entered = Date.now();
  }
  remember(talk);
  document.documentElement.dataset.scene = key;
  talk.root.toggleAttribute("data-waiting", !scene);
  document.documentElement.toggleAttribute("data-mapless", Boolean(scene && !scene.map)); // not that of the scene before
  if (!scene) return;
  writeHead(talk.root.querySelector(".ll-stage-head"), scene);
  talk.count.textContent = key + " / " + talk.main.length;
  writeFoot(talk);
  talk.root.dataset.layout = scene.layout;
  sideOf(talk, key);
  for (const part of talk.side.children) part.toggleAttribute("data-away", part.dataset.key !== key);
  place(talk);
  redrawInk(talk);
  if (scene.map)
    whenMap(talk, (door) => {
      if (talk.at !== key) return;
      if (talk.drawn === scene.map) return settled(talk, key, from);
      talk.drawn = scene.map;
      door.apply(scene.map);
      settled(talk, key, from);
    });
  else settled(talk, key, from);
  tell(talk);
}

/** Two frames later all of it is on the glass: note how long it took. */
function settled(talk, key, from) {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      document.documentElement.dataset.sceneShown = key;
      document.documentElement.dataset.sceneTook = String(Math.round(performance.now() - from));
      whenIdle(() => ahead(talk, key));
    }),
  );
}

/** Draw the charts of one more scene while nothing else is to be done, the next one first. */
function ahead(talk, key) {
  if (!talk.root || talk.at !== key) return;
  const at = talk.keys.indexOf(key), order = [...talk.keys.slice(at + 1), ...talk.keys.slice(0, at)];
  const waiting = order.find((each) => talk.scenes.has(each) && !talk.sides.has(each));
  if (!waiting) return;
  sideOf(talk, waiting);
  whenIdle(() => ahead(talk, key));
}

const whenIdle = (call) => (window.requestIdleCallback ? requestIdleCallback(call, { timeout: 1500 }) : setTimeout(call, 200));

// ── charts ──

/** The column beside the map, made once for each scene and kept. */
function sideOf(talk, key) {
  let side = talk.sides.get(key);
  if (side) return side;
  side = make("div", "ll-stage-charts");
  side.dataset.key = key;
  side.toggleAttribute("data-away", talk.at !== key);
  for (const chart of talk.scenes.get(key).charts) side.append(chart.kind === "ranked" ? rankedOf(chart, talk) : plotOf(chart, talk));
  talk.sides.set(key, side);
  talk.side.append(side);
  return side;
}

/** A scene that has been renewed gets its column made anew. */
function dropSide(talk, key) {
  const side = talk.sides.get(key);
  for (const plot of side?.querySelectorAll(".ll-plot") || []) plot.plotly?.Plotly.purge(plot.plotly.inner);
  side?.remove();
  talk.sides.delete(key);
}

function headingOf(chart) {
  const head = make("h2", "", chart.title);
  (chart.names || []).forEach((name, i) => {
    const item = make("span", i ? "ll-name-other" : "ll-name-main", name);
    head.append(item);
  });
  return head;
}

function rankedOf(chart, talk) {
  const figure = make("figure", "ll-chart ll-chart-ranked"), list = make("ol");
  chart.bars.forEach(([rank, name, value, share, colour, here], i) => {
    if (chart.gap && i === chart.best) {
      const gap = make("li", "ll-bar-gap", talk.words.gap.replace("{count}", chart.gap));
      gap.dataset.count = chart.gap;
      list.append(gap);
    }
    const row = make("li", here ? "ll-bar-here" : ""), bar = make("span", "ll-bar"), fill = make("i");
    fill.style.width = share * 100 + "%";
    fill.style.background = colour;
    bar.append(fill);
    row.append(make("span", "ll-bar-rank", rank), make("span", "ll-bar-name", name), bar, make("span", "ll-bar-value", value));
    list.append(row);
  });
  probe.font = "600 100px " + getComputedStyle(document.body).fontFamily;
  list.style.setProperty("--name", Math.max(...chart.bars.map((row) => probe.measureText(row[1]).width)) / 100 + 0.2 + "em");
  list.style.setProperty("--rank", Math.max(...chart.bars.map((row) => row[0].length)) * 0.6 + 0.2 + "em");
  figure.append(headingOf(chart), list);
  return figure;
}

function charts(talk) {
  return (window.linliCharts ??= new Promise((done, failed) => {
    const script = make("script");
    script.src = new URL(talk.chartScript, document.baseURI);
    script.onload = () => done(window.Plotly);
    script.onerror = () => {
      window.linliCharts = undefined; // another scene may find it
      failed(new Error(talk.chartScript));
    };
    document.head.append(script);
  }));
}

function plotOf(chart, talk) {
  const figure = make("figure", "ll-chart ll-chart-" + chart.kind), plot = make("div", "ll-plot"), inner = make("div");
  plot.append(inner);
  figure.append(headingOf(chart), plot);
  plot.dataset.height = chart.height;
  charts(talk)
    .then((Plotly) => {
      const given = JSON.parse(chart.figure);
      plot.plotly = { Plotly, inner, given };
      scalePlot(plot);
    })
    .catch(() => plot.append(make("p", "ll-stage-note", talk.words.no_charts)));
  return figure;
}

function endsOnly(axis) {
  const ends = (list) => [list[0], list[list.length - 1]];
  return Object.assign({}, axis, { tickvals: ends(axis.tickvals), ticktext: ends(axis.ticktext) });
}

/** A figure keeps the type size it was made with; the box around it is scaled to the glass. */
function scalePlot(plot) {
  const box = plot.getBoundingClientRect();
  if (!plot.plotly || !box.width || !box.height) return;
  const { Plotly, inner, given } = plot.plotly, wanted = Number(plot.dataset.height);
  let k = typeSize() / CHART_TYPE[window.linliTalk.dark ? "dark" : "light"];
  if (wanted) k = Math.min(k, Math.max(box.height / wanted, k * 0.55));
  const width = Math.round(box.width / k), height = Math.round(box.height / k);
  const same = inner.dataset.size === width + "×" + height;
  inner.style.transform = "scale(" + k + ")";
  if (same) return;
  inner.dataset.size = width + "×" + height;
  inner.style.width = width + "px";
  inner.style.height = height + "px";
  const layout = Object.assign({}, given.layout, { width, height, autosize: false });
  if (!wanted && height < 150) layout.yaxis = endsOnly(given.layout.yaxis); // a low chart has room for two ticks
  Plotly.react(inner, given.data, layout, { displayModeBar: false, showTips: false });
}
