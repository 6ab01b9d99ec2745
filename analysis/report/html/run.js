// A run: verdict and facts on the first screen, pictures below.

/// The first screen of the report: what was found, since when, what can be done.
function factsList(run) {
  const rows = (section) =>
    section.rows.map((row) =>
      el('div', {class: row.indent > 0 ? 'indented' : undefined}, row.command ? el('code', {}, row.text) : row.text),
    );
  const label = (name) => name[0] + name.slice(1).toLowerCase();
  return el(
    'dl',
    {class: 'facts'},
    (run.screen || []).map((section) => [el('dt', {}, label(section.label)), el('dd', {}, rows(section))]),
  );
}

function assumptionsPart(facts) {
  const omissions = facts.omissions.map(([id, reason]) => [el('code', {}, id), `: ${reason}`]);
  return part(
    'What this rests on',
    list(facts.assumptions),
    omissions.length > 0 && subtitle('Left out by the models, and could change this verdict when'),
    omissions.length > 0 && list(omissions),
    el('p', {class: 'quiet'}, `Left out without such an effect: ${counted(facts.other_omissions, 'thing')}.`),
  );
}

function textPart(run) {
  return part(
    'The report as text',
    el('details', {}, el('summary', {}, 'Show the text'), el('pre', {tabindex: '0'}, run.text)),
    run.result && el('p', {}, el('code', {}, run.result)),
  );
}

/// `index`: of several runs.
function runArticle(run, index, alone) {
  const parts = [];
  if (run.circle) parts.push(circlePart(run.circle, run.verdict));
  if (run.stack) parts.push(stackPart(run.stack, run.circle));
  if (run.walk) parts.push(playerPart(run.walk, run.verdict, run.circle));
  if (run.timeline) parts.push(timelinePart(run.timeline));
  if (run.footprint) parts.push(footprintPart(run.footprint));
  if (run.facts) parts.push(assumptionsPart(run.facts));
  parts.push(textPart(run));
  const links = parts.map((each) => {
    const heading = each.querySelector('.part-title');
    return el('li', {}, el('a', {href: `#${heading.id}`}, heading.textContent));
  });
  const title = run.scenario || run.file;
  return el(
    'article',
    {class: 'run', id: `run-${index}`},
    el('div', {class: 'verdict'}, badge(run.verdict), el(`h${partLevel - 1}`, {class: 'title'}, title)),
    run.file !== title && el('p', {class: 'quiet mono'}, run.file),
    run.error && el('pre', {}, run.error),
    factsList(run),
    el('nav', {'aria-label': alone ? 'Parts of this page' : `Parts of ${visible(title)}`}, el('ul', {}, links)),
    run.about && el('p', {class: 'about quiet'}, run.about),
    parts,
  );
}

function runsPage(data) {
  const {runs} = data;
  if (runs.length === 1) return [runArticle(runs[0], 0, true)];
  partLevel = 3;
  const overview = el(
    'section',
    {},
    el('h1', {}, `${runs.length} runs`),
    table(
      'Runs',
      [{title: 'Scenario'}, {title: 'Verdict'}, {title: 'Why'}],
      runs.map((run, i) => [
        el('a', {href: `#run-${i}`}, run.scenario || run.file),
        badge(run.verdict),
        run.reason || run.error || '',
      ]),
    ),
  );
  return [overview, ...runs.map((run, i) => runArticle(run, i, false))];
}
