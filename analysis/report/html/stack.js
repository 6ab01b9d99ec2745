// The stack from the top, devices that are alike as one box; what several devices share has a letter on their boxes.

function boxTitle(box) {
  return box.copies > 1 ? `${box.name} \u2026 ${box.last || ''}`.trim() : box.name;
}

function letterOf(i) {
  return i < 26
    ? String.fromCharCode(65 + i)
    : `${String.fromCharCode(64 + Math.floor(i / 26))}${String.fromCharCode(65 + (i % 26))}`;
}

/// Boxes of each level, those below near those above them.
function levelsOf(stack) {
  const levels = [];
  stack.boxes.forEach((box, i) => (levels[box.level] = levels[box.level] || []).push(i));
  const place = new Map();
  for (const level of levels) {
    const pull = (i) => {
      const above = stack.edges
        .filter((edge) => edge.to === i && place.has(edge.from))
        .map((edge) => place.get(edge.from));
      return above.length > 0 ? above.reduce((a, b) => a + b, 0) / above.length : 0;
    };
    const pulls = new Map(level.map((i) => [i, pull(i)]));
    level.sort((a, b) => pulls.get(a) - pulls.get(b) || a - b);
    level.forEach((i, n) => place.set(i, (n + 0.5) / level.length));
  }
  return levels;
}

function boxLines(stack, box, most) {
  const small = Math.floor((most * letter) / smallLetter);
  const lines = wrap(boxTitle(box), most)
    .slice(0, 3)
    .map((text) => ({text, kind: 'name'}));
  lines.push({text: cut(box.copies > 1 ? `${box.what}  \u00d7${grouped(box.copies)}` : box.what, most), kind: ''});
  const pools = box.pools.slice(0, 6).map(([name, elements]) => `${name} ${elements}`);
  if (box.pools.length > 6) pools.push(`${box.pools.length - 6} more`);
  if (pools.length > 0) for (const text of wrap(`pools: ${pools.join(', ')}`, small)) lines.push({text, kind: 'small'});
  if (box.work.length > 0) {
    const work = box.work.slice(0, 3).join(', ') + (box.work.length > 3 ? `, ${box.work.length - 3} more` : '');
    for (const text of wrap(`requests: ${work}`, small)) lines.push({text, kind: 'small'});
  }
  return lines;
}

/// Whether some pool of the circle is the shared one, or a part of it: a client is a pool and its bios.
function isInCircle(pool, circle) {
  return (circle ? circle.pools : []).some((name) => name === pool.name || name.startsWith(`${pool.name}.`));
}

function stackPicture(stack, circle, full) {
  const width = Math.max(300, full),
    gap = 20,
    between = 46;
  const levels = levelsOf(stack),
    places = new Map(),
    shapes = [],
    lines = [];
  let y = 2;
  for (const level of levels) {
    const perRow = Math.max(1, Math.min(level.length, Math.floor((width + gap) / (190 + gap))));
    const boxWidth = Math.min(300, (width - 2 - (perRow - 1) * gap) / perRow);
    for (let first = 0; first < level.length; first += perRow) {
      const row = level.slice(first, first + perRow);
      const start = (width - row.length * boxWidth - (row.length - 1) * gap) / 2;
      let tallest = 0;
      row.forEach((i, n) => {
        const box = stack.boxes[i],
          tags = stack.shared.map((pool, p) => [pool, p]).filter(([pool]) => pool.boxes.includes(i));
        const text = boxLines(stack, box, Math.floor((boxWidth - 20) / letter));
        const perLine = Math.max(1, Math.floor((boxWidth - 16) / 30));
        const height = text.length * lineHeight + 14 + Math.ceil(tags.length / perLine) * 24;
        const x = start + n * (boxWidth + gap);
        places.set(i, {x, y, width: boxWidth, height});
        tallest = Math.max(tallest, height);
        if (box.copies > 1)
          shapes.push(svg('rect', {x: x + 5, y: y + 5, width: boxWidth - 5, height, rx: 6, class: 'box'}));
        shapes.push(
          svg('rect', {x, y, width: boxWidth - (box.copies > 1 ? 5 : 0), height, rx: 6, class: 'box'}),
          textLines(x + 10, y + 6, text),
        );
        tags.forEach(([pool, p], t) => {
          const marked = isInCircle(pool, circle) ? ' in-circle' : '';
          const left = x + 10 + (t % perLine) * 30,
            top = y + text.length * lineHeight + 10 + Math.floor(t / perLine) * 24;
          shapes.push(
            svg('rect', {x: left, y: top, width: 26, height: 19, rx: 9, class: `tag${marked}`}),
            svg(
              'text',
              {x: left + 13, y: top + 13.5, class: `tag-text${marked}`, 'text-anchor': 'middle'},
              letterOf(p),
            ),
          );
        });
      });
      y += tallest + (first + perRow < level.length ? gap : 0);
    }
    y += between;
  }
  const labels = [];
  stack.edges.forEach((edge) => {
    const a = places.get(edge.from),
      b = places.get(edge.to);
    const outs = stack.edges.filter((each) => each.from === edge.from),
      ins = stack.edges.filter((each) => each.to === edge.to);
    const spread = (place, all) => place.x + (place.width * (all.indexOf(edge) + 1)) / (all.length + 1);
    const x1 = spread(a, outs),
      x2 = spread(b, ins),
      y1 = a.y + a.height + (stack.boxes[edge.from].copies > 1 ? 5 : 0),
      y2 = b.y;
    const bend = Math.min(24, (y2 - y1) / 2);
    lines.push(svg('path', {d: `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, class: 'way'}));
    if (edge.roles.length > 0 && stack.edges.length <= 24)
      labels.push(svg('text', {x: x1 + 5, y: y1 + 15, class: 'small halo'}, cut(edge.roles.join(', '), 18)));
  });
  return picture(width, y - between + 8, stackSentences(stack).join('. '), lines, shapes, labels);
}

function stackSentences(stack) {
  return stack.boxes.map((box, i) => {
    const below = stack.edges.filter((edge) => edge.from === i).map((edge) => `${boxTitle(stack.boxes[edge.to])}`);
    const copies = box.copies > 1 ? `, ${grouped(box.copies)} of them` : '';
    return `${boxTitle(box)} (${box.what}${copies})${below.length > 0 ? ` on ${below.join(', ')}` : ''}`;
  });
}

function sharedTable(stack, circle) {
  if (stack.shared.length === 0) return el('p', {}, 'No pool is shared.');
  return table(
    'What several of them share',
    [{title: 'Pool'}, {title: 'On boxes'}, {title: 'Elements', number: true}, {title: 'Used by', number: true}],
    stack.shared.map((pool, p) => [
      isInCircle(pool, circle) ? [pool.name, el('span', {class: 'note'}, ' in the circle')] : pool.name,
      pool.boxes.length > 0 ? letterOf(p) : 'the whole machine',
      grouped(pool.elements),
      grouped(pool.devices),
    ]),
  );
}

function stackPart(stack, circle) {
  const name = stack.boxes.some((box) => box.what !== 'task') ? 'The stack' : 'The tasks';
  return part(
    name,
    fitted((width) => stackPicture(stack, circle, width)),
    sharedTable(stack, circle),
    el('details', {}, el('summary', {}, `${name} in words`), list(stackSentences(stack))),
  );
}
