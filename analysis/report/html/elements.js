// Elements of the page. Text of a scenario only ever becomes text nodes, and attributes that hold no address and no
// code.

const svgNames = 'http://www.w3.org/2000/svg';

/// What cannot be seen, or turns the order of reading, as an escape.
function visible(text) {
  return String(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (hidden) => '\\u' + hidden.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'width%') {
      element.style.width = value + '%';
    } else {
      element.setAttribute(name, value === true ? '' : visible(value));
    }
  }
  for (const child of children.flat(3)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return element;
}

/// el('p', {class: 'quiet'}, 'text', other)
function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS(svgNames, name), attributes, children);
}

/// A picture with its words for who does not see it.
function picture(width, height, words, ...children) {
  return svg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': words}, children);
}

let counter = 0;
function freshId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/// Headings of parts: below that of the page, or below that of one of several runs.
let partLevel = 2;

/// A part of a run or of a table, with a heading; the page links to it.
function part(title, ...children) {
  return el(
    'section',
    {class: 'part'},
    el(`h${partLevel}`, {id: freshId('part'), class: 'part-title'}, title),
    children,
  );
}

/// A heading within a part.
function subtitle(text) {
  return el(`h${partLevel + 1}`, {class: 'subtitle'}, text);
}

function table(caption, columns, rows) {
  const head = el(
    'tr',
    {},
    columns.map((each) => el('th', {scope: 'col', class: each.number && 'number'}, each.title)),
  );
  const cells = (row) =>
    row.map((cell, i) => {
      const name = i === 0 && !columns[0].number ? 'th' : 'td';
      return el(
        name,
        {scope: name === 'th' && 'row', class: columns[i].number ? 'number' : columns[i].wide && 'wide'},
        cell,
      );
    });
  return el(
    'div',
    {class: 'scrolls', tabindex: '0', role: 'region', 'aria-label': caption},
    el(
      'table',
      {},
      el('caption', {}, caption),
      el('thead', {}, head),
      el(
        'tbody',
        {},
        rows.map((row) => el('tr', {}, cells(row))),
      ),
    ),
  );
}

function list(texts) {
  return el(
    'ul',
    {},
    texts.map((each) => el('li', {}, each)),
  );
}

/// Draws again when the width changes and before printing. `draw(width)` returns an element.
function fitted(draw) {
  const holder = el('div', {class: 'drawn'});
  let drawn = 0;
  const again = (anyway) => {
    const width = Math.round(holder.clientWidth || 640);
    if (width === drawn && anyway !== true) return;
    drawn = width;
    holder.replaceChildren(draw(width));
  };
  holder.again = again;
  if (typeof ResizeObserver === 'function') new ResizeObserver(() => again()).observe(holder);
  return holder;
}
