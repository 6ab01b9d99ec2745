// A run: verdict and facts on the first screen, pictures below.

function needsText(needs) {
  const least = needs.fewest ? '' : 'at most ';
  return (
    `${least}${counted(needs.requests, 'request')} in flight, ${counted(needs.faults, 'fault')}, ` +
    `${counted(needs.failures, 'failed allocation')}; ${counted(needs.steps, 'step')}` +
    (needs.least ? '' : ' (less is not excluded)')
  );
}

function factsList(run) {
  const rows = [];
  const add = (label, ...value) =>
    value.some((each) => each && each.length !== 0) && rows.push(el('dt', {}, label), el('dd', {}, value));
  const facts = run.facts || {},
    circle = run.circle;
  add('Why', run.reason);
  if (circle && isCircle(circle, run.verdict)) add('Circle', circle.pools.join(' \u2192 '), ` (${circle.kind})`);
  else if (circle) add('Waits for', circle.waited_for.join(', '));
  if (facts.needs) add('Needs', needsText(facts.needs));
  if (run.walk && noReturnIndex(run.walk) !== undefined) {
    const [number, who, what] = run.walk.steps[noReturnIndex(run.walk)];
    add(
      'Point of no return',
      run.walk.no_return_exact ? '' : 'at or before ',
      `step ${number}: ${run.walk.texts[who]} ${run.walk.texts[what]}`,
    );
  }
  const stuck = run.verdict === 'DEADLOCK' || run.verdict === 'STALL';
  if (circle && stuck)
    add(
      'Stuck',
      counted(circle.requests, 'request'),
      circle.relieved_by_memory ? '; memory that comes back would relieve it' : '; memory would not help',
    );
  add('Without faults', facts.without_faults);
  if (facts.repairs && facts.repairs.length > 0)
    add(
      'Repair',
      list(
        facts.repairs.map((each) => [
          `${each.change}: ${each.outcome} `,
          el('span', {class: 'quiet'}, `[${each.offered}]`),
        ]),
      ),
    );
  else if (stuck && facts.searched) add('Repair', 'none found');
  if (facts.unmet && facts.unmet.length > 0) add('Not as expected', list(facts.unmet));
  else add('Expected', facts.expected && `${facts.expected}: as the scenario expects`);
  if (facts.searched)
    add(
      'Searched',
      counted(facts.searched.states, 'state'),
      facts.searched.searches === 1 ? ' in 1 search' : ` in ${facts.searched.searches} searches`,
    );
  if (facts.reserved_bytes !== undefined)
    add('Reserved', `${facts.reserved_is_lower_bound ? 'at least ' : ''}${bytesText(facts.reserved_bytes)}`);
  return el('dl', {class: 'facts'}, rows);
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
