/* Spotlight and freehand marks over the whole glass. A mark begun on the map is kept in degrees and stays on its
   ground; any other is kept in parts of the glass. */

const INK = "#d4002a";

function inkLayer(talk) {
  const canvas = make("canvas", "ll-stage-ink");
  canvas.setAttribute("aria-hidden", "true");
  talk.ink = canvas;
  talk.marks = new Map();
  let line = null;
  canvas.addEventListener("pointerdown", (e) => {
    if (talk.tool !== "draw" || e.button !== 0) return;
    canvas.setPointerCapture(e.pointerId);
    line = { onMap: inMap(talk, e), points: [] };
    line.points.push(ground(talk, e, line.onMap));
    marksOf(talk).push(line);
  });
  canvas.addEventListener("pointermove", (e) => {
    pointerAt(talk, e.clientX, e.clientY);
    if (!line) return;
    line.points.push(ground(talk, e, line.onMap));
    redrawInk(talk);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (line = null));
  canvas.addEventListener("wheel", (e) => {
    if (talk.tool !== "spot") return;
    talk.spot = Math.max(2, Math.min(14, talk.spot * (e.deltaY < 0 ? 1.12 : 0.89)));
    redrawInk(talk);
  }, { passive: true });
  return canvas;
}

function inMap(talk, e) {
  const box = talk.hole.getBoundingClientRect();
  return Boolean(mapDoor()?.toGround) && e.clientX >= box.left && e.clientX <= box.right && e.clientY >= box.top && e.clientY <= box.bottom;
}

function ground(talk, e, onMap) {
  if (!onMap) return [e.clientX / window.innerWidth, e.clientY / window.innerHeight];
  const box = talk.hole.getBoundingClientRect(), point = mapDoor().toGround(e.clientX - box.left, e.clientY - box.top);
  return [point.lat, point.lng];
}

function marksOf(talk) {
  if (!talk.marks.has(talk.at)) talk.marks.set(talk.at, []);
  return talk.marks.get(talk.at);
}

function pointerAt(talk, x, y) {
  talk.pointer = [x, y];
  wake(talk);
  if (talk.tool === "spot") redrawInk(talk);
}

/** Choose a tool, or put it away when it is the one in hand. */
function take(talk, tool) {
  talk.tool = talk.tool === tool ? "" : tool;
  talk.ink.dataset.tool = talk.tool;
  redrawInk(talk);
}

function redrawInk(talk) {
  const canvas = talk.ink, box = talk.hole.getBoundingClientRect(), ratio = Math.min(devicePixelRatio || 1, 2), size = typeSize();
  const wide = window.innerWidth, high = window.innerHeight, width = Math.round(wide * ratio), height = Math.round(high * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const ctx = canvas.getContext("2d"), door = mapDoor();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, wide, high);
  if (talk.tool === "spot") spotlight(ctx, talk, wide, high, size);
  ctx.lineJoin = ctx.lineCap = "round";
  for (const [colour, width] of [["#ffffff", size / 3.2], [INK, size / 5]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    for (const line of talk.marks.get(talk.at) || []) {
      if (line.onMap && !door?.toPixel) continue;
      ctx.beginPath();
      line.points.forEach(([a, b], i) => {
        const p = line.onMap ? door.toPixel(a, b) : { x: a * wide - box.left, y: b * high - box.top };
        if (i) ctx.lineTo(p.x + box.left, p.y + box.top);
        else ctx.moveTo(p.x + box.left, p.y + box.top + 0.01);
      });
      ctx.stroke();
    }
  }
}

function spotlight(ctx, talk, wide, high, size) {
  const [x, y] = talk.pointer || [wide / 2, high / 2];
  ctx.fillStyle = "rgba(0, 0, 0, .72)";
  ctx.beginPath();
  ctx.rect(0, 0, wide, high);
  ctx.arc(x, y, talk.spot * size, 0, 7);
  ctx.fill("evenodd");
}
