// The circle as a picture: who waits for what, and who holds it. It goes down one side and up the other.

/// The threads of the circle with what lies between each and the next one.
function circleLinks(circle) {
  const threads = circle.threads.slice(0, circle.size);
  return threads.map((thread, i) => ({thread, next: threads[(i + 1) % threads.length], pool: thread.pool}));
}

/// The circle in sentences, for who does not see the picture.
function circleSentences(circle) {
  return circleLinks(circle).map(({thread, next}) => {
    let text = `${thread.who} waits for ${thread.waits_for}`;
    if (thread.capacity > 0) text += ` (${thread.free} of ${thread.capacity} free)`;
    if (thread.held_by.length > 0) return `${text}, held by ${thread.held_by.join(', ')}`;
    return next === thread ? text : `${text}, which ${next.who} would have to finish`;
  });
}

function threadLines(thread, most) {
  const lines = wrap(thread.who, most).map((text) => ({text, kind: 'name'}));
  const add = (label, values) => {
    if (values.length === 0) return;
    const shown = values.length > 5 ? [...values.slice(0, 4), `${values.length - 4} more`] : values;
    for (const text of wrap(`${label} ${shown.join(', ')}`, Math.floor((most * letter) / smallLetter)))
      lines.push({text, kind: 'small'});
  };
  add('holds', thread.holds);
  if (thread.bio) add(`for ${thread.bio.name}, which holds`, thread.bio.holds);
  if (thread.functions) add('in', [thread.functions.split(' < ').slice(0, 3).join(' < ')]);
  return lines;
}

/// Boxes from the top, joined by arrows that say what is waited for; the last arrow goes back to the first.
function circlePicture(circle, full) {
  const width = Math.min(full, 620),
    side = 56,
    boxWidth = width - side - 2;
  const most = Math.floor((boxWidth - 24) / letter),
    links = circleLinks(circle);
  const shapes = [],
    wordsOnTop = [];
  const arrow = svg(
    'marker',
    {
      id: freshId('tip'),
      viewBox: '0 0 10 10',
      refX: 9,
      refY: 5,
      markerWidth: 7,
      markerHeight: 7,
      orient: 'auto-start-reverse',
    },
    svg('path', {d: 'M0 0 L10 5 L0 10 z', class: 'tip'}),
  );
  const tip = `url(#${arrow.id})`;
  const middle = 1 + boxWidth / 2;
  let y = 2;
  const down = (label, last) => {
    const words = wrap(label, Math.floor((boxWidth / 2 - 20) / smallLetter));
    const height = Math.max(34, words.length * lineHeight + 14);
    if (!last)
      shapes.push(svg('path', {d: `M${middle} ${y} V${y + height - 2}`, class: 'way bad-way', 'marker-end': tip}));
    wordsOnTop.push(
      textLines(
        middle + 10,
        y + (height - words.length * lineHeight) / 2 - 1,
        words.map((text) => ({text, kind: 'small halo'})),
      ),
    );
    y += height;
  };
  links.forEach(({thread, next, pool}, i) => {
    const last = i === links.length - 1;
    const lines = threadLines(thread, most),
      height = lines.length * lineHeight + 14;
    shapes.push(svg('rect', {x: 1, y, width: boxWidth, height, rx: 6, class: 'box'}), textLines(13, y + 6, lines));
    y += height;
    if (pool) {
      down(wantsText(thread), false);
      const about = thread.capacity > 0 ? `${thread.free} of ${thread.capacity} free` : 'taken';
      const rows = [...wrap(pool, most).map((text) => ({text, kind: 'name'})), {text: about, kind: 'small'}];
      const tall = rows.length * lineHeight + 14;
      shapes.push(
        svg('rect', {x: 1, y, width: boxWidth, height: tall, rx: tall / 2, class: 'pool'}),
        textLines(24, y + 6, rows),
      );
      y += tall;
      if (!last) down(heldBy(thread, next), false);
      else if (links.length > 0)
        wordsOnTop.push(
          textLines(
            24,
            y + 4,
            wrap(heldBy(thread, next), most).map((text) => ({text, kind: 'small'})),
          ),
        );
    } else if (!last) {
      down(`waits for ${thread.waits_for}`, false);
    } else {
      wordsOnTop.push(
        textLines(
          24,
          y + 4,
          wrap(`waits for ${thread.waits_for}`, most).map((text) => ({text, kind: 'small'})),
        ),
      );
    }
  });
  const from = y - 16,
    to = 20,
    out = width - 10;
  shapes.push(
    svg('path', {
      d:
        `M${boxWidth + 1} ${from} H${out - 14} Q${out} ${from} ${out} ${from - 14} V${to + 14} ` +
        `Q${out} ${to} ${out - 14} ${to} H${boxWidth + 4}`,
      class: 'way bad-way',
      'marker-end': tip,
    }),
  );
  const height = y + 30;
  return picture(width, height, circleSentences(circle).join('. '), svg('defs', {}, arrow), shapes, wordsOnTop);
}

/// What a thread wants of the pool whose name stands below.
function wantsText(thread) {
  const n = Number.parseInt(thread.waits_for, 10);
  return n > 1 ? `waits for ${n} of` : 'waits for';
}

function heldBy(thread, next) {
  const mine = thread.held_by.find((text) => text.startsWith(next.who));
  return mine
    ? `held by ${mine}`
    : thread.held_by.length > 0
      ? `held by ${thread.held_by[0]}`
      : `would come from ${next.who}`;
}

const kindTitles = {
  circle: 'Threads wait for each other',
  self: 'A thread waits for itself',
  too_small: 'A request needs more elements than the pool has',
  empty_reserve: 'The reserve has no elements at all',
  lost_wakeup: 'Nobody is left who would wake the waiters',
  order: 'Work waits for its turn behind work that cannot go on',
};

/// Whether there is a circle to draw: others go on beside who starves or loops, and some sleep for ever alone.
function isCircle(circle, verdict) {
  return circle.size > 0 && circle.pools.length > 0 && verdict !== 'STARVATION' && verdict !== 'LIVELOCK';
}

function waitersTable(caption, threads) {
  return table(
    caption,
    [{title: 'Who'}, {title: 'waits for'}, {title: 'held by'}, {title: 'holds'}, {title: 'in'}],
    threads.map((each) => [
      each.alike > 1 ? `${each.who} and ${each.alike - 1} alike` : each.who,
      each.capacity > 0 ? `${each.waits_for} (${each.free} of ${each.capacity} free)` : each.waits_for,
      each.held_by.join(', '),
      each.holds.join(', '),
      el('code', {}, each.functions),
    ]),
  );
}

const waiterTitles = {STARVATION: 'Who starves', LIVELOCK: 'Who goes round for ever'};

function circlePart(circle, verdict) {
  if (!isCircle(circle, verdict)) {
    const why = waiterTitles[verdict] ? undefined : kindTitles[circle.kind] || circle.kind;
    return part(
      waiterTitles[verdict] || 'Who waits',
      why && el('p', {}, why, '.'),
      waitersTable('Who waits', circle.threads),
    );
  }
  const others = circle.threads.slice(circle.size);
  const more = others.reduce((n, each) => n + each.alike, 0);
  return part(
    'The circle',
    el(
      'p',
      {},
      kindTitles[circle.kind] || circle.kind,
      circle.relieved_by_memory ? '. Allocations that succeed would let them go on.' : '. Memory does not help.',
    ),
    fitted((width) => circlePicture(circle, width)),
    el(
      'details',
      {},
      el('summary', {}, 'The circle in words'),
      el(
        'ol',
        {},
        circleSentences(circle).map((each) => el('li', {}, each)),
      ),
    ),
    others.length > 0 &&
      el(
        'details',
        {},
        el('summary', {}, `Others that cannot go on: ${more}`),
        waitersTable('Others that are stuck', others),
      ),
  );
}
