// The run in time: what each thread and bio did, and what pools had left. Dates at which something happens are as far
// from each other as they are in time, or all equally far: what matters often happens within a millisecond of minutes.

const laneHeight = 18,
  levelHeight = 26,
  mostLanes = 40,
  mostPools = 20;

function timeText(ns) {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(3)} s`;
  return ns >= 1e6 ? `${(ns / 1e6).toFixed(3)} ms` : `${(ns / 1e3).toFixed(1)} us`;
}

/// Slices of each lane as {from, to, kind, text, depth}, levels of each pool as [time, left], notes as {at, text}.
function readTimeline(timeline) {
  const slices = timeline.lanes.map(() => []),
    open = timeline.lanes.map(() => []),
    levels = new Map(),
    notes = [];
  const texts = timeline.texts;
  const take = ([at, kind, where, what]) => {
    if (kind <= 3) open[where].push({from: at, kind, text: texts[what], depth: open[where].length});
    else if (kind === 4) {
      const slice = open[where].pop();
      if (slice) slices[where].push({...slice, to: at});
    } else if (kind === 5) {
      if (!levels.has(where)) levels.set(where, []);
      levels.get(where).push([at, what]);
    } else notes.push({at, text: texts[where]});
  };
  timeline.first.forEach(take);
  let gap;
  if (timeline.left_out > 0) {
    const before = timeline.first.at(-1)[0],
      after = timeline.last[0][0];
    gap = {from: before, to: after};
    open.forEach((stack, lane) => {
      while (stack.length > 0) slices[lane].push({...stack.pop(), to: before});
    });
    timeline.gap.forEach(take);
  }
  timeline.last.forEach(take);
  open.forEach((stack, lane) => {
    while (stack.length > 0) slices[lane].push({...stack.pop(), to: timeline.end});
  });
  // Nobody goes on after a stuck set: what was open then has no end.
  const forever = timeline.stuck ? timeline.end * 1.02 + 1 : timeline.end;
  for (const slice of slices.flat()) if (slice.to === timeline.end) slice.to = forever;
  for (const each of slices) each.sort((a, b) => a.from - b.from || a.depth - b.depth);
  return {slices, levels, notes, gap, forever};
}

/// A place for every date: evenly one after another, or by time.
function timeScale(dates, width, even) {
  const sorted = [...new Set(dates)].sort((a, b) => a - b);
  const last = sorted.at(-1) || 1,
    index = new Map(sorted.map((date, i) => [date, i]));
  const place = (date) => (even ? index.get(date) / Math.max(1, sorted.length - 1) : date / last);
  return {dates: sorted, x: (date) => 6 + place(date) * (width - 12)};
}

const sliceKinds = ['runs', 'waits', 'spends', 'calls'];

function lanePicture(slices, scale, width, name) {
  const shapes = slices.map((slice) => {
    const x = scale.x(slice.from),
      wide = Math.max(1, scale.x(slice.to) - x),
      inset = slice.kind === 0 ? 0 : 3;
    return svg(
      'rect',
      {x, y: 1 + inset, width: wide, height: laneHeight - 2 - 2 * inset, class: sliceKinds[slice.kind]},
      svg('title', {}, `${timeText(slice.from)} to ${timeText(slice.to)}: ${slice.text}`),
    );
  });
  return picture(width, laneHeight, laneWords(name, slices), shapes);
}

function laneTotals(slices) {
  const totals = [0, 0, 0, 0],
    counts = [0, 0, 0, 0];
  for (const slice of slices) {
    totals[slice.kind] += slice.to - slice.from;
    counts[slice.kind] += 1;
  }
  return {totals, counts};
}

function laneWords(name, slices) {
  const {totals, counts} = laneTotals(slices);
  return `${name}: waits ${counts[1]} times, ${timeText(totals[1])}; spends ${timeText(totals[2])}`;
}

function levelPicture(pool, points, end, scale, width) {
  const most = Math.max(pool.capacity, ...points.map(([, left]) => left), 1);
  const y = (left) => 2 + (levelHeight - 4) * (1 - Math.max(0, left) / most);
  let way = '';
  const empty = [];
  points.forEach(([at, left], i) => {
    const until = i + 1 < points.length ? points[i + 1][0] : end;
    way += `${i === 0 ? 'M' : 'V'}${i === 0 ? `${scale.x(at)} ${y(left)}` : y(left)} H${scale.x(until)} `;
    if (left <= 0 && pool.elements)
      empty.push(
        svg('rect', {
          x: scale.x(at),
          y: 0,
          width: Math.max(1, scale.x(until) - scale.x(at)),
          height: levelHeight,
          class: 'empty-level',
        }),
      );
  });
  return picture(
    width,
    levelHeight,
    `${pool.name}: ${pool.lowest} of ${pool.capacity} at least`,
    empty,
    svg('path', {d: way, class: 'level'}),
  );
}

function ticks(scale, width) {
  const marks = [],
    apart = 110;
  let next = 0;
  for (const date of scale.dates) {
    const x = scale.x(date);
    if (x < next || x > width - 60) continue;
    marks.push(
      svg('line', {x1: x, x2: x, y1: 14, y2: 18, class: 'way'}),
      svg('text', {x, y: 11, class: 'small'}, timeText(date)),
    );
    next = x + apart;
  }
  return svg('svg', {viewBox: `0 0 ${width} 18`, width, height: 18, 'aria-hidden': 'true'}, marks);
}

/// Pools that came nearest to nothing first, then counters.
function poolOrder(timeline) {
  const share = (pool) => (pool.elements ? pool.lowest / Math.max(1, pool.capacity) : 2);
  return Object.entries(timeline.pools)
    .sort(([, a], [, b]) => share(a) - share(b))
    .slice(0, mostPools);
}

function isOfBios(name) {
  return name.startsWith('bios of ');
}

function timelinePart(timeline) {
  const read = readTimeline(timeline);
  // Threads first: bios come in dozens.
  const lanes = timeline.lanes
    .map((name, i) => ({name, slices: read.slices[i]}))
    .filter((lane) => lane.slices.length > 0)
    .sort((a, b) => isOfBios(a.name) - isOfBios(b.name));
  const shown = lanes.slice(0, mostLanes),
    pools = poolOrder(timeline);
  const dates = [
    0,
    timeline.end,
    read.forever,
    ...shown.flatMap((lane) => lane.slices.flatMap((slice) => [slice.from, slice.to])),
    ...[...read.levels.values()].flat().map(([at]) => at),
    ...read.notes.map((note) => note.at),
  ];
  if (read.gap) dates.push(read.gap.from, read.gap.to);
  const even = el('input', {type: 'checkbox', id: freshId('even'), checked: true});
  const holder = fitted((full) => {
    const distinct = new Set(dates).size,
      width = even.checked ? Math.max(full - 2, Math.min(6000, distinct * 7)) : Math.max(full - 2, 640);
    const scale = timeScale(dates, width, even.checked);
    const name = (text, more) =>
      el('div', {class: 'lane-name mono'}, text, more && el('span', {class: 'quiet'}, ` ${more}`));
    return el(
      'div',
      {class: 'times', tabindex: '0', role: 'region', 'aria-label': 'The run in time'},
      ticks(scale, width),
      shown.map((lane) => [name(lane.name), lanePicture(lane.slices, scale, width, lane.name)]),
      pools.map(([id, pool]) => [
        name(pool.name, `lowest ${pool.lowest}${pool.elements ? ` of ${pool.capacity}` : ''}`),
        levelPicture(pool, read.levels.get(Number(id)), read.forever, scale, width),
      ]),
    );
  });
  even.addEventListener('change', () => holder.again(true));
  const key = (kind, text) => [el('span', {class: `key ${kind}`}), text];
  return part(
    'The run in time',
    el(
      'p',
      {class: 'quiet'},
      `One schedule, ${timeText(timeline.end)} long.`,
      key('waits', 'waits'),
      key('spends', 'spends time'),
      key('calls', 'sleeps in a call'),
      timeline.left_out > 0 && [
        ` ${counted(timeline.left_out, 'event')} are left out: `,
        `${timeText(read.gap.from)} to ${timeText(read.gap.to)}.`,
      ],
    ),
    el(
      'p',
      {},
      el(
        'label',
        {for: even.id},
        even,
        ' every date equally far from the next (what matters may happen within a millisecond)',
      ),
    ),
    holder,
    lanes.length > shown.length &&
      el('p', {class: 'quiet'}, `${lanes.length - shown.length} more lanes are not shown.`),
    read.notes.length > 0 && list(read.notes.slice(0, 12).map((note) => `${timeText(note.at)}: ${note.text}`)),
    el(
      'details',
      {},
      el('summary', {}, 'The lanes in numbers'),
      table(
        'What each lane did',
        [
          {title: 'Lane'},
          {title: 'Slices', number: true},
          {title: 'Waits', number: true},
          {title: 'Time waiting', number: true},
          {title: 'Time spent', number: true},
        ],
        lanes.slice(0, 100).map((lane) => {
          const {totals, counts} = laneTotals(lane.slices);
          return [lane.name, lane.slices.length, counts[1], timeText(totals[1]), timeText(totals[2])];
        }),
      ),
    ),
  );
}
