/* Spotlight and freehand marks over the map. Marks are kept in degrees, so that they stay where they were drawn. */

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
    line = [ground(talk, e)];
    marksOf(talk).push(line);
  });
  canvas.addEventListener("pointermove", (e) => {
    pointerAt(talk, e.clientX, e.clientY);
    if (!line) return;
    line.push(ground(talk, e));
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

function ground(talk, e) {
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
  Object.assign(canvas.style, { left: box.left + "px", top: box.top + "px", width: box.width + "px", height: box.height + "px" });
  const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const ctx = canvas.getContext("2d"), door = mapDoor();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, box.width, box.height);
  if (talk.tool === "spot") spotlight(ctx, talk, box, size);
  ctx.lineJoin = ctx.lineCap = "round";
  for (const [colour, width] of [["#ffffff", size / 3.2], [INK, size / 5]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    if (door?.toPixel)
      for (const line of talk.marks.get(talk.at) || []) {
        ctx.beginPath();
        line.forEach(([lat, lng], i) => {
          const p = door.toPixel(lat, lng);
          if (i) ctx.lineTo(p.x, p.y);
          else ctx.moveTo(p.x, p.y + 0.01);
        });
        ctx.stroke();
      }
  }
}

function spotlight(ctx, talk, box, size) {
  const [x, y] = talk.pointer || [box.left + box.width / 2, box.top + box.height / 2];
  ctx.fillStyle = "rgba(0, 0, 0, .72)";
  ctx.beginPath();
  ctx.rect(0, 0, box.width, box.height);
  ctx.arc(x - box.left, y - box.top, talk.spot * size, 0, 7);
  ctx.fill("evenodd");
}
