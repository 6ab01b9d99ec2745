// Reserved memory as bars, largest first.

function footprintPart(footprint) {
  const lines = [...footprint.lines].sort((a, b) => b.bytes - a.bytes);
  const most = Math.max(1, ...lines.map((line) => line.bytes));
  return part(
    'Reserved memory',
    el(
      'p',
      {},
      footprint.lower_bound ? 'At least ' : '',
      `${bytesText(footprint.bytes)} (${grouped(footprint.bytes)} bytes) are kept in reserve`,
      footprint.never_used > 0 ? `; ${bytesText(footprint.never_used)} of that no request can ever use.` : '.',
    ),
    table(
      'Reserves by kind of pool',
      [
        {title: 'Pools'},
        {title: 'How many', number: true},
        {title: 'Elements', number: true},
        {title: 'Memory', number: true},
        {title: 'Share', wide: true},
      ],
      lines.map((line) => [
        `${line.target ? line.target + '.' : ''}${line.kind}`,
        grouped(line.pools),
        line.elements > 0 ? grouped(line.elements) : '',
        line.bytes === 0 && line.elements > 0 ? 'not known' : bytesText(line.bytes),
        el(
          'span',
          {class: 'bar', 'aria-hidden': 'true'},
          el('span', {'width%': ((100 * line.bytes) / most).toFixed(1)}),
        ),
      ]),
    ),
    footprint.not_counted.length > 0 &&
      el('details', {}, el('summary', {}, 'Not counted'), list(footprint.not_counted)),
  );
}
