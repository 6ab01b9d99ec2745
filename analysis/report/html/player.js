// The witness, step by step: what each step does, what the pools have left, and who cannot go on.

/// Everything after the step `at` (0: before the first): levels by resource, waits by token.
function stateAt(walk, at) {
  const levels = new Map(walk.first.map((level) => [level[0], level]));
  const waits = new Map(walk.waiting.map((wait) => [wait[0], wait]));
  let changed = new Set();
  for (let i = 0; i < at; ++i) {
    const [, , , , , newLevels, newWaits, goOn] = walk.steps[i];
    changed = new Set(newLevels.map((level) => level[0]));
    for (const level of newLevels) levels.set(level[0], level);
    for (const token of goOn) waits.delete(token);
    for (const wait of newWaits) waits.set(wait[0], wait);
  }
  return {levels, waits, changed};
}

function levelText(resource, level) {
  const [, left, writer, queued] = level;
  if (!resource.lock) return resource.elements ? `${left} of ${resource.capacity}` : String(left);
  const holder = writer ? 'held for writing' : left > 0 ? `${left} reading` : 'free';
  return queued > 0 ? `${holder}, ${queued} queued for writing` : holder;
}

function waitText(walk, wait) {
  const [, , id, n] = wait;
  if (id < 0) return 'for what it has started';
  const resource = walk.resources[id];
  return resource.elements && n > 0 ? `for ${n} ${resource.name}` : `for ${resource.name}`;
}

/// Index of the first step that is told from which not all can finish any more; undefined: there is none.
function noReturnIndex(walk) {
  if (walk.no_return === undefined) return undefined;
  const index = walk.steps.findIndex((step) => step[0] >= walk.no_return);
  return index < 0 ? undefined : index;
}

class Player {
  /// `ends`: what becomes of those who wait after the last step, in words.
  constructor(walk, ends) {
    this.walk = walk;
    this.ends = ends;
    this.at = walk.steps.length;
    this.noReturn = noReturnIndex(walk);
    this.stuck = new Set(walk.stuck);
    this.build();
    this.show();
  }

  build() {
    const last = this.walk.steps.length,
      go = (to) => () => this.go(to());
    const button = (text, to) => el('button', {type: 'button', onclick: go(to)}, text);
    this.first = button('Start', () => 0);
    this.back = button('Back', () => this.at - 1);
    this.next = button('Next', () => this.at + 1);
    this.last = button('End', () => last);
    this.jump = this.noReturn !== undefined && button('Point of no return', () => this.noReturn + 1);
    this.place = el('output', {});
    this.slider = el('input', {
      type: 'range',
      min: 0,
      max: last,
      step: 1,
      'aria-label': 'Step of the witness',
      oninput: () => this.go(Number(this.slider.value)),
    });
    this.now = el('div', {class: 'now', 'aria-live': 'polite'});
    this.steps = el('ol', {class: 'steps'});
    this.waits = el('div', {});
    this.pools = el('div', {});
    const marks = svg('svg', {viewBox: '0 0 1000 14', preserveAspectRatio: 'none', 'aria-hidden': 'true'});
    if (this.noReturn !== undefined) {
      const x = (1000 * (this.noReturn + 1)) / Math.max(1, last);
      marks.append(svg('rect', {x: Math.max(0, Math.min(996, x - 2)), y: 0, width: 4, height: 14, class: 'tip'}));
    }
    this.element = el(
      'div',
      {class: 'player', role: 'group', 'aria-label': 'Step through the witness', onkeydown: (event) => this.key(event)},
      el('div', {class: 'controls'}, this.first, this.back, this.next, this.last, this.jump, this.place),
      el('div', {class: 'rail'}, this.slider, marks),
      this.now,
      el(
        'div',
        {class: 'columns'},
        el('div', {}, subtitle('Steps around here'), this.steps),
        el('div', {}, subtitle('Who cannot go on'), this.waits, subtitle('What is left'), this.pools),
      ),
    );
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = {
      ArrowLeft: this.at - 1,
      ArrowRight: this.at + 1,
      PageUp: this.at - 10,
      PageDown: this.at + 10,
      Home: 0,
      End: this.walk.steps.length,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
  }

  go(to) {
    this.at = Math.max(0, Math.min(this.walk.steps.length, to));
    this.show();
  }

  stepText(i) {
    const [number, who, what, functions] = this.walk.steps[i];
    const texts = this.walk.texts;
    return {number, who: texts[who], what: texts[what], functions: texts[functions]};
  }

  show() {
    const {walk, at} = this,
      last = walk.steps.length,
      step = at > 0 ? this.stepText(at - 1) : undefined;
    this.slider.value = at;
    this.slider.setAttribute(
      'aria-valuetext',
      step ? `step ${step.number}: ${visible(step.who)} ${visible(step.what)}` : 'before the first step',
    );
    this.place.textContent = step ? `step ${step.number} of ${walk.steps[last - 1][0]}` : 'before the first step';
    const turn = (button, off) => {
      if (button) button.disabled = off;
    };
    turn(this.first, at === 0);
    turn(this.back, at === 0);
    turn(this.next, at === last);
    turn(this.last, at === last);
    this.now.replaceChildren(...this.nowLines(step));
    this.showSteps();
    const state = stateAt(walk, at);
    this.showWaits(state);
    this.showPools(state);
  }

  nowLines(step) {
    if (!step)
      return [
        el(
          'p',
          {},
          this.walk.left_out > 0
            ? `${counted(this.walk.left_out, 'step')} came before; these are the last ones.`
            : 'Nothing has happened yet.',
        ),
      ];
    const past = this.noReturn !== undefined && this.at - 1 === this.noReturn;
    return [
      el('p', {}, el('span', {class: 'who'}, step.who), ' ', step.what),
      step.functions && el('p', {class: 'quiet'}, el('code', {}, step.functions)),
      past &&
        el(
          'p',
          {class: 'note'},
          this.walk.no_return_exact
            ? 'Point of no return: from here on not all can finish.'
            : 'At this step or before it: not all can finish any more.',
        ),
      this.walk.round_from !== undefined &&
        step.number === this.walk.round_from &&
        el('p', {class: 'note'}, 'The steps from here on repeat for ever.'),
      this.at === this.walk.steps.length &&
        this.stuck.size > 0 &&
        el('p', {class: 'note'}, `The last step: those marked below ${this.ends}.`),
    ].filter(Boolean);
  }

  showSteps() {
    const around = 7,
      from = Math.max(0, Math.min(this.at - 1 - around, this.walk.steps.length - 2 * around - 1));
    const rows = [];
    for (let i = from; i < Math.min(this.walk.steps.length, from + 2 * around + 1); ++i) {
      const step = this.stepText(i);
      rows.push(
        el(
          'li',
          {'aria-current': i === this.at - 1 && 'step'},
          el('span', {class: 'number'}, step.number),
          el(
            'span',
            {},
            el('strong', {}, step.who),
            ' ',
            step.what,
            i === this.noReturn && el('span', {class: 'note'}, ' \u2190 point of no return'),
          ),
        ),
      );
    }
    this.steps.replaceChildren(...rows);
  }

  showWaits(state) {
    const rows = [...state.waits.values()].sort((a, b) => (b[2] >= 0) - (a[2] >= 0) || a[0] - b[0]),
      most = 12;
    const atEnd = this.at === this.walk.steps.length;
    const items = rows
      .slice(0, most)
      .map((wait) =>
        el(
          'li',
          {},
          el('strong', {}, this.walk.texts[wait[1]]),
          ' waits ',
          waitText(this.walk, wait),
          atEnd && this.stuck.has(wait[0]) && el('span', {class: 'note'}, ' \u2013 stuck'),
          this.walk.texts[wait[4]] && el('div', {class: 'quiet mono'}, this.walk.texts[wait[4]]),
        ),
      );
    if (rows.length > most) items.push(el('li', {class: 'quiet'}, `and ${rows.length - most} more`));
    this.waits.replaceChildren(
      rows.length > 0 ? el('ul', {class: 'waits'}, items) : el('p', {class: 'quiet'}, 'Nobody.'),
    );
  }

  showPools(state) {
    const spent = ([id, left]) => this.walk.resources[id].capacity - left;
    const touched = [...state.levels.values()].filter(
      (level) => state.changed.has(level[0]) || spent(level) !== 0 || level[2],
    );
    const rest = state.levels.size - touched.length,
      most = 16;
    const rows = touched.slice(0, most).map((level) => {
      const resource = this.walk.resources[level[0]];
      const share =
        resource.elements && resource.capacity > 0 ? (100 * Math.max(0, level[1])) / resource.capacity : undefined;
      return el(
        'tr',
        {class: state.changed.has(level[0]) && 'changed'},
        el('th', {scope: 'row'}, resource.name),
        el('td', {class: 'number'}, levelText(resource, level)),
        el(
          'td',
          {class: 'wide'},
          share !== undefined &&
            el('span', {class: 'bar', 'aria-hidden': 'true'}, el('span', {'width%': Math.min(100, share).toFixed(1)})),
        ),
      );
    });
    this.pools.replaceChildren(
      rows.length > 0
        ? el('table', {}, el('caption', {class: 'hidden'}, 'What is left after this step'), el('tbody', {}, rows))
        : '',
      el(
        'p',
        {class: 'quiet'},
        touched.length > most ? `${touched.length - most} more are in use. ` : '',
        `${counted(rest, 'other')} as at the start.`,
      ),
    );
  }
}

/// What a verdict means for those who wait at the end.
function endsText(verdict, circle) {
  if (verdict === 'STALL') return 'wait until memory comes back';
  if (verdict === 'LIVELOCK' || verdict === 'STARVATION') return 'never finish';
  return circle && circle.relieved_by_memory ? 'never go on while allocations fail' : 'never go on';
}

function playerPart(walk, verdict, circle) {
  const player = new Player(walk, endsText(verdict, circle));
  return part(
    'Step by step',
    el('p', {class: 'quiet'}, 'Arrow keys go back and on while the focus is in this box; Home and End go to its ends.'),
    player.element,
  );
}
