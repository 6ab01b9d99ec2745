// The pages of a sizing and of a comparison: a chart with its best rows named, and what the text says as tables.

const mostChartRows = 150;

function chartPart(title, rows, names, timed) {
  const shown = rows.slice(0, mostChartRows);
  return part(
    title,
    chartLegend(timed),
    fitted((width) => chartPicture(shown, names, width)),
    rows.length > shown.length &&
      el('p', {class: 'quiet'}, `${rows.length - shown.length} more rows are in the table below.`),
  );
}

function headOf(title, data, facts) {
  const rows = facts.filter(([, value]) => value).map(([label, value]) => [el('dt', {}, label), el('dd', {}, value)]);
  return [
    el('h1', {class: 'title'}, title),
    el('p', {class: 'quiet mono'}, data.file),
    el('dl', {class: 'facts'}, rows),
  ];
}

function rowSentence(row) {
  if (!row) return 'none of these';
  return [
    row.label,
    row.bytes ? `: ${bytesText(row.bytes)} of reserves` : '',
    row.mib_per_s ? `, ${row.mib_per_s[0].toFixed(1)} MiB/s` : '',
    `, ${row.by}`,
  ];
}

function seriesTitle(series, data) {
  if (series.private) return 'With private pools';
  return data.series.length > 1 ? 'Shared, as in the file' : 'Sizes';
}

function sizingRows(series) {
  const pool = series.rows.some((row) => row.pool_bytes !== undefined);
  const columns = [
    {title: 'Size', number: true},
    {title: 'Verdict'},
    {title: 'By'},
    {title: 'Needs'},
    {title: 'Circle'},
  ];
  if (pool) columns.push({title: 'Pool', number: true});
  columns.push({title: 'All reserves', number: true});
  return table(
    'Every size asked on its own',
    columns,
    series.rows.map((row) => [
      row.now ? `${row.label} (in the file)` : row.label,
      badge(row.verdict),
      row.by,
      row.needs || '',
      row.circle.join(' \u2192 '),
      ...(pool ? [bytesText(row.pool_bytes)] : []),
      row.bytes === undefined ? 'not known' : bytesText(row.bytes),
    ]),
  );
}

function sizePage(data) {
  const facts = [['Pool', `${data.pool}, ${data.now} in the file${data.shared ? ', shared' : ''}`]];
  const parts = [];
  for (const series of data.series) {
    const safe = series.smallest_safe === null ? undefined : series.rows[series.smallest_safe];
    const where = series.private ? ', private pools' : data.series.length > 1 ? ', shared' : '';
    facts.push([`Smallest safe size${where}`, rowSentence(safe)]);
    if (series.proved_from !== null) facts.push([`Proved${where}`, `${series.proved_from} and every larger size`]);
    const names = new Map(safe ? [[series.smallest_safe, 'smallest safe']] : []);
    parts.push(chartPart(seriesTitle(series, data), series.rows, names, false), sizingRows(series));
  }
  parts.push(part('What this rests on', list(data.assumptions), el('p', {}, el('code', {}, data.result))));
  return [...headOf(data.scenario, data, facts), ...parts];
}

function comparePage(data) {
  const safe = data.smallest_safe,
    fast = data.smallest_fast,
    names = new Map();
  if (safe !== null) names.set(safe, 'smallest safe');
  if (fast !== null) names.set(fast, names.has(fast) ? 'smallest safe, and fast' : 'smallest fast');
  const timed = data.rows.some((row) => row.mib_per_s);
  const facts = [
    ['Settings', data.keys.join(', ')],
    ['Smallest safe', rowSentence(data.rows[safe])],
    timed && [
      'Smallest fast',
      [rowSentence(data.rows[fast]), el('span', {class: 'quiet'}, ' (at least 95 % of the fastest safe row)')],
    ],
  ];
  const tables = data.tables.map((each) =>
    part(
      each.title ? each.title[0].toUpperCase() + each.title.slice(1) : 'Rows',
      each.before.length > 0 && list(each.before),
      each.columns.length > 0 &&
        table(
          each.title || 'Rows',
          each.columns,
          each.rows.map((row) => row.map((cell) => (isVerdict(cell) ? badge(cell) : cell))),
        ),
      each.after.map((line) => el('p', {class: 'quiet'}, line)),
    ),
  );
  return [
    ...headOf(data.scenario, data, facts.filter(Boolean)),
    chartPart('Memory, speed and verdict', data.rows, names, timed),
    ...tables,
    part('Result', el('p', {}, el('code', {}, data.result))),
  ];
}

function isVerdict(text) {
  return ['PROGRESS', 'DEADLOCK', 'STALL', 'LIVELOCK', 'STARVATION', 'INCONCLUSIVE', 'ERROR'].includes(text);
}
