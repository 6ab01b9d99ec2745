// Rows of a table as bars: memory to the right, speed as a line going down, a cross where there is a deadlock.

function crossAt(x, y) {
  const r = 5;
  return svg('path', {
    d: `M${x - r} ${y - r} L${x + r} ${y + r} M${x - r} ${y + r} L${x + r} ${y - r}`,
    class: 'cross',
  });
}

/// `names`: what is said beside a row, by its index. Rows are {label, verdict, bytes, mib_per_s}.
function chartPicture(rows, names, full) {
  const width = Math.max(300, full);
  const longest = Math.max(...rows.map((row) => row.label.length), 4);
  const side = Math.min(width * 0.3, longest * letter + 10),
    right = width - 8;
  const bytes = Math.max(1, ...rows.map((row) => row.bytes || 0));
  const speeds = rows.map((row) => (row.mib_per_s ? row.mib_per_s[0] : undefined));
  const fastest = Math.max(0, ...speeds.filter((speed) => speed !== undefined));
  const across = (share) => side + (right - side) * share;
  const shapes = [],
    points = [];
  let y = fastest > 0 ? 26 : 6;
  rows.forEach((row, i) => {
    const said = [
      row.bytes ? bytesText(row.bytes) : '',
      row.verdict === 'PROGRESS' ? '' : row.verdict,
      names.get(i) || '',
    ]
      .filter(Boolean)
      .join('  \u00b7  ');
    const words = wrap(said, Math.floor((right - side - 14) / smallLetter)),
      height = 16 + words.length * lineHeight + 8;
    shapes.push(
      svg(
        'text',
        {x: side - 8, y: y + 12, 'text-anchor': 'end', class: names.has(i) ? 'name' : ''},
        cut(row.label, Math.floor((side - 8) / letter)),
      ),
    );
    const end = across((row.bytes || 0) / bytes);
    shapes.push(
      svg('rect', {
        x: side,
        y: y + 2,
        width: Math.max(1, end - side),
        height: 12,
        class: row.safe ? 'memory' : 'memory unsafe',
      }),
    );
    if (verdictClass(row.verdict) === 'bad') shapes.push(crossAt(Math.min(end + 9, right - 6), y + 8));
    shapes.push(
      textLines(
        side + 2,
        y + 15,
        words.map((text) => ({text, kind: names.has(i) ? 'small strong' : 'small'})),
      ),
    );
    if (speeds[i] !== undefined && fastest > 0) points.push([across((speeds[i] / fastest) * 0.97), y + 8, speeds[i]]);
    else points.push(undefined);
    y += height;
  });
  let way = '';
  points.forEach((point, i) => {
    if (point) way += `${points[i - 1] ? 'L' : 'M'}${point[0]} ${point[1]} `;
  });
  if (fastest > 0) {
    shapes.push(
      svg('path', {d: way, class: 'speed'}),
      points
        .filter(Boolean)
        .map((point) =>
          svg(
            'circle',
            {cx: point[0], cy: point[1], r: 4, class: 'speed-dot'},
            svg('title', {}, `${point[2].toFixed(2)} MiB/s`),
          ),
        ),
      svg(
        'text',
        {x: right, y: 14, 'text-anchor': 'end', class: 'small'},
        `line: throughput, right end ${(fastest / 0.97).toFixed(1)} MiB/s`,
      ),
    );
  }
  const words = rows.map(
    (row, i) =>
      `${row.label}: ${row.verdict}${row.bytes ? ', ' + bytesText(row.bytes) : ''}` +
      `${row.mib_per_s ? `, ${row.mib_per_s[0].toFixed(1)} MiB/s` : ''}${names.has(i) ? ', ' + names.get(i) : ''}`,
  );
  return picture(width, y + 2, words.join('. '), shapes);
}

function chartLegend(timed) {
  return el(
    'p',
    {class: 'quiet'},
    'Bars: memory of all reserves; a dashed edge and a cross: not safe.',
    timed && ' Line: throughput under this memory pressure, relative and no forecast.',
  );
}
