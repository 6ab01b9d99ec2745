// A check: all scenarios as a table with filters, and a section for each that is drawn when it is opened.

function outcomeText(each) {
  const words = {
    passed: 'passed',
    not_as_expected: 'not as expected',
    timed_out: 'timed out',
    refused: 'refused',
    engines_disagree: 'engines disagree',
    crashed: 'crashed',
    not_run: 'not run',
  };
  const text = words[each.outcome] || each.outcome;
  return each.known ? `${text} (${each.known})` : each.promoted ? `${text}, promoted` : text;
}

function outcomeBadge(each) {
  const kind = each.passed ? 'good' : each.outcome === 'not_run' || each.known === 'known' ? 'open' : 'bad';
  return el('span', {class: `badge small-badge ${kind}`}, outcomeText(each));
}

/// Whether the row passes the filters: all words are in it, and the chosen outcome and verdict are its own.
function passes(each, words, outcome, verdict) {
  if (outcome === 'failures' ? each.passed || each.outcome === 'not_run' : outcome && each.outcome !== outcome)
    return false;
  if (verdict && each.verdict !== verdict) return false;
  const text = `${each.file} ${each.scenario} ${each.found} ${each.expected}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function checkSection(each, i) {
  const content = el('div', {});
  const section = el(
    'details',
    {id: `scenario-${i}`, class: 'scenario'},
    el('summary', {}, outcomeBadge(each), ' ', each.scenario || each.file),
    content,
  );
  const draw = () => {
    if (content.childNodes.length > 0) return;
    const facts = [
      ['File', el('code', {}, `${each.file}:${each.line}`)],
      ['Expected', each.expected],
      ['Found', each.found],
      ['By', each.proof],
      ['Linux', each.release],
      ['Closes the circle', each.closes],
      ['Not as expected', each.unmet.length > 0 && list(each.unmet)],
      ['Not checked', each.unchecked.length > 0 && list(each.unchecked)],
      ['Known', each.reason && `${each.reason}, until ${each.until}`],
    ];
    content.append(
      el(
        'dl',
        {class: 'facts'},
        facts.filter(([, value]) => value).map(([label, value]) => [el('dt', {}, label), el('dd', {}, value)]),
      ),
    );
    for (const text of [each.diagnostics, each.stderr, each.report])
      if (text) content.append(el('pre', {tabindex: '0'}, text));
    if (each.result) content.append(el('p', {}, el('code', {}, each.result)));
    const run = each.run;
    if (!run) return;
    if (run.circle) content.append(circlePart(run.circle, each.verdict));
    if (run.stack) content.append(stackPart(run.stack, run.circle));
    if (run.walk) content.append(playerPart(run.walk, each.verdict, run.circle));
  };
  section.addEventListener('toggle', () => {
    if (section.open) draw();
  });
  return section;
}

function checkPage(data) {
  partLevel = 3;
  const all = data.scenarios;
  const rows = all.map((each, i) =>
    el(
      'tr',
      {},
      el('th', {scope: 'row'}, el('a', {href: `#scenario-${i}`}, each.scenario || each.file)),
      el('td', {}, outcomeBadge(each)),
      el('td', {}, each.verdict && badge(each.verdict)),
      el('td', {}, each.found),
    ),
  );
  const sections = all.map(checkSection);
  const search = el('input', {type: 'search', id: 'words', autocomplete: 'off'});
  const choice = (id, options) =>
    el(
      'select',
      {id},
      options.map(([value, text]) => el('option', {value}, text)),
    );
  const used = (key) => [...new Set(all.map((each) => each[key]))].filter(Boolean).sort();
  const outcome = choice('outcome', [
    ['', 'all'],
    ['failures', 'failures'],
    ...used('outcome').map((name) => [name, name.replaceAll('_', ' ')]),
  ]);
  const verdict = choice('verdict', [['', 'all'], ...used('verdict').map((name) => [name, name])]);
  const shown = el('output', {role: 'status'});
  const filter = () => {
    let count = 0;
    all.forEach((each, i) => {
      const on = passes(each, search.value, outcome.value, verdict.value);
      rows[i].hidden = sections[i].hidden = !on;
      count += on;
    });
    shown.textContent = `${count} of ${all.length} shown`;
  };
  for (const each of [search, outcome, verdict]) each.addEventListener('input', filter);
  filter();
  const open = () => {
    const target = location.hash.startsWith('#scenario-') && document.getElementById(location.hash.slice(1));
    if (target) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  window.addEventListener('hashchange', open);
  setTimeout(open);
  const field = (label, input) => el('div', {class: 'field'}, el('label', {for: input.id}, label), input);
  return [
    el('h1', {class: 'title'}, data.counts),
    el(
      'p',
      {class: 'quiet'},
      `Linux ${data.kernel}, seed ${data.seed}, exit code ${data.exit_code}` +
        (data.ending === 'complete' ? '' : `, ended early: ${data.ending}`),
    ),
    data.error && el('pre', {}, data.error),
    data.fixed.length > 0 && el('p', {}, 'Known failures that pass now: ', data.fixed.join(', ')),
    el(
      'form',
      {
        class: 'filters',
        role: 'search',
        'aria-label': 'Filter the scenarios',
        onsubmit: (event) => event.preventDefault(),
      },
      field('Words', search),
      field('Outcome', outcome),
      field('Verdict', verdict),
      shown,
    ),
    el(
      'div',
      {class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': 'All scenarios'},
      el(
        'table',
        {},
        el('caption', {class: 'hidden'}, 'All scenarios'),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ['Scenario', 'Outcome', 'Verdict', 'Found'].map((title) => el('th', {scope: 'col'}, title)),
          ),
        ),
        el('tbody', {}, rows),
      ),
    ),
    el('h2', {class: 'part-title spaced'}, 'Each scenario'),
    ...sections,
  ].filter(Boolean);
}
