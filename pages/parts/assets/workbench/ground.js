/* Ground: what the server sends once about the open communities, decoded into paths and boxes in metres (y downwards). */

function decodeGround(sent) {
  const unit = 0.1;
  const points = (steps) => {
    const xy = new Float64Array(steps.length);
    let x = 0, y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      xy[i] = x * unit;
      xy[i + 1] = -y * unit;
    }
    return xy;
  };
  const blocks = sent.blocks.map(([id, households, people, buildings, community, rings], index) => {
    const shape = areaOf(rings.map(points));
    return { ...shape, index, id, households, people, buildings, community, near: new Set() };
  });
  const edges = sent.edges.map(([left, right, barrier, name, contact, line]) => {
    if (contact && left >= 0 && right >= 0) {
      blocks[left].near.add(right);
      blocks[right].near.add(left);
    }
    return { left, right, barrier: sent.barriers[barrier], name: sent.names[name] || null, ...lineOf(points(line)) };
  });
  return {
    id: sent.id,
    origin: sent.origin,
    box: [sent.box[0] * unit, -sent.box[3] * unit, sent.box[2] * unit, -sent.box[1] * unit],
    communities: sent.communities,
    blocks,
    edges,
    byId: new Map(blocks.map((block) => [block.id, block.index])),
    grey: sent.grey.map((rings) => areaOf(rings.map(points))),
    lines: sent.lines.map(([kind, rank, name, width, line]) => ({
      kind, rank, name: sent.names[name] || null, width: width * unit, ...lineOf(points(line)),
    })),
    buildings: sent.buildings.map(([x, y, households, block]) => ({ x: x * unit, y: -y * unit, households, block })),
    places: sent.places.map(([kind, x, y, name]) => ({ kind, x: x * unit, y: -y * unit, name: sent.names[name] || null })),
  };
}

function boxOf(all) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const xy of all)
    for (let i = 0; i < xy.length; i += 2) {
      box[0] = Math.min(box[0], xy[i]);
      box[1] = Math.min(box[1], xy[i + 1]);
      box[2] = Math.max(box[2], xy[i]);
      box[3] = Math.max(box[3], xy[i + 1]);
    }
  return box;
}

function trace(path, xy, closed) {
  path.moveTo(xy[0], xy[1]);
  for (let i = 2; i < xy.length; i += 2) path.lineTo(xy[i], xy[i + 1]);
  if (closed) path.closePath();
}

function areaOf(rings) {
  const path = new Path2D();
  let area = 0, cx = 0, cy = 0;
  rings.forEach((xy) => trace(path, xy, true));
  const outer = rings[0];
  for (let i = 0; i + 3 < outer.length; i += 2) {
    const cross = outer[i] * outer[i + 3] - outer[i + 2] * outer[i + 1];
    area += cross / 2;
    cx += ((outer[i] + outer[i + 2]) * cross) / 6;
    cy += ((outer[i + 1] + outer[i + 3]) * cross) / 6;
  }
  const box = boxOf(rings);
  const shape = { rings, path, box, area: Math.abs(area), x: area ? cx / area : outer[0], y: area ? cy / area : outer[1] };
  if (!contains(shape, shape.x, shape.y)) [shape.x, shape.y] = innerPoint(shape);
  return shape;
}

/** The middle of the widest stretch of an area along a few horizontal lines. */
function innerPoint(shape) {
  let best = [shape.rings[0][0], shape.rings[0][1]], width = -1;
  for (let k = 1; k < 8; k++) {
    const y = shape.box[1] + ((shape.box[3] - shape.box[1]) * k) / 8, cuts = [];
    for (const r of shape.rings)
      for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2)
        if (r[i + 1] > y !== r[j + 1] > y) cuts.push(((r[j] - r[i]) * (y - r[i + 1])) / (r[j + 1] - r[i + 1]) + r[i]);
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2)
      if (cuts[i + 1] - cuts[i] > width) [width, best] = [cuts[i + 1] - cuts[i], [(cuts[i] + cuts[i + 1]) / 2, y]];
  }
  return best;
}

function lineOf(xy) {
  const path = new Path2D();
  trace(path, xy, false);
  return { xy, path, box: boxOf([xy]) };
}

function contains(shape, x, y) {
  const [west, north, east, south] = shape.box;
  if (x < west || x > east || y < north || y > south) return false;
  let odd = false;
  for (const r of shape.rings)
    for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2)
      if (r[i + 1] > y !== r[j + 1] > y && x < ((r[j] - r[i]) * (y - r[i + 1])) / (r[j + 1] - r[i + 1]) + r[i]) odd = !odd;
  return odd;
}

const blockAt = (ground, x, y) => ground.blocks.find((block) => contains(block, x, y)) || null;

function distanceToLine(xy, x, y) {
  let best = Infinity;
  for (let i = 0; i + 3 < xy.length; i += 2) {
    const dx = xy[i + 2] - xy[i], dy = xy[i + 3] - xy[i + 1], long = dx * dx + dy * dy;
    const along = long ? Math.max(0, Math.min(1, ((x - xy[i]) * dx + (y - xy[i + 1]) * dy) / long)) : 0;
    best = Math.min(best, Math.hypot(x - xy[i] - along * dx, y - xy[i + 1] - along * dy));
  }
  return best;
}

/** The edge nearest to a point among those that `wanted` takes, no farther than `reach` metres. */
function edgeNear(ground, x, y, reach, wanted) {
  let best = null, least = reach;
  for (const edge of ground.edges) {
    const [west, north, east, south] = edge.box;
    if (x < west - reach || x > east + reach || y < north - reach || y > south + reach || !wanted(edge)) continue;
    const far = distanceToLine(edge.xy, x, y);
    if (far <= least) [least, best] = [far, edge];
  }
  return best;
}

/** A colour number for every neighbourhood, none like one beside it; a number once given is kept. */
function colourCodes(ground, at, known, count) {
  const beside = new Map();
  for (const edge of ground.edges) {
    const a = at[edge.left], b = at[edge.right];
    if (a === undefined || b === undefined || a === b) continue;
    for (const [one, other] of [[a, b], [b, a]]) {
      if (!beside.has(one)) beside.set(one, new Set());
      beside.get(one).add(other);
    }
  }
  for (const code of [...new Set(at)].sort()) {
    if (known.has(code)) continue;
    const taken = new Set([...(beside.get(code) || [])].map((other) => known.get(other)));
    const used = new Array(count).fill(0);
    known.forEach((number) => used[number]++);
    const free = [...used.keys()].filter((number) => !taken.has(number));
    known.set(code, (free.length ? free : [...used.keys()]).sort((a, b) => used[a] - used[b] || a - b)[0]);
  }
  return known;
}
