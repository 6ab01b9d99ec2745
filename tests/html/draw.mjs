// Draws pages without a browser: runs the script of a page on the least of a document that it needs, and looks at what
// came of it. It finds scripts that throw, parts without a heading, ids that are there twice, labels that lead nowhere,
// pictures without words, and a player that does not come to its last step.
//
//   node draw.mjs PAGE...
import {readFileSync} from 'node:fs';
import vm from 'node:vm';

class Node {
  constructor() {
    this.childNodes = [];
    this.listeners = {};
  }
  get textContent() {
    return this.childNodes.map((child) => child.textContent).join('');
  }
  set textContent(text) {
    this.childNodes = [new Text(text)];
  }
  append(...children) {
    for (const child of children) this.childNodes.push(child instanceof Node ? child : new Text(child));
  }
  replaceChildren(...children) {
    this.childNodes = [];
    this.append(...children);
  }
  *all() {
    yield this;
    for (const child of this.childNodes) yield* child.all();
  }
}
class Text extends Node {
  constructor(text) {
    super();
    this.text = String(text);
  }
  get textContent() {
    return this.text;
  }
}
class Element extends Node {
  constructor(name) {
    super();
    this.name = name;
    this.attributes = {};
    this.style = {};
    this.dataset = {};
    this.value = '';
  }
  setAttribute(name, value) {
    this.attributes[name] = String(value);
    if (name === 'value') this.value = String(value);
    if (name === 'checked') this.checked = true;
  }
  get id() {
    return this.attributes.id ?? '';
  }
  get clientWidth() {
    return 640;
  }
  addEventListener(name, call) {
    this.listeners[name] = call;
  }
  elements() {
    return [...this.all()].filter((each) => each instanceof Element);
  }
  hasClass(name) {
    return (this.attributes.class ?? '').split(' ').includes(name);
  }
  querySelector(selector) {
    return this.elements().find((each) => each.hasClass(selector.slice(1))) ?? null;
  }
}

function drawn(file) {
  const page = readFileSync(file, 'utf8');
  const between = (from, to) => page.slice(page.indexOf(from) + from.length, page.indexOf(to, page.indexOf(from)));
  const root = new Element('html'),
    main = new Element('main'),
    data = new Element('script'),
    theme = new Element('button');
  data.textContent = between('<script type="application/json" id="data">', '</script>');
  root.append(main);
  const known = {data, main, theme};
  const document = {
    documentElement: root,
    createElement: (name) => new Element(name),
    createElementNS: (space, name) => new Element(name),
    createTextNode: (text) => new Text(text),
    getElementById: (id) => known[id] ?? root.elements().find((each) => each.id === id) ?? null,
    querySelectorAll: (selector) => root.elements().filter((each) => each.hasClass(selector.slice(1))),
  };
  const matchMedia = () => ({matches: false, addEventListener() {}});
  const window = {addEventListener() {}};
  vm.runInNewContext(between('<script>', '</script>'), {
    document,
    window,
    matchMedia,
    Node,
    location: {hash: ''},
    setTimeout: (call) => call(),
    console,
  });
  return {main, theme};
}

const problems = [];
for (const file of process.argv.slice(2)) {
  const complain = (text) => problems.push(`${file}: ${text}`);
  const {main, theme} = drawn(file);
  const elements = main.elements();
  // Sections of a check are drawn when they are opened.
  for (const each of elements.filter((one) => one.name === 'details' && one.listeners.toggle)) {
    each.open = true;
    each.listeners.toggle();
  }
  const all = main.elements(),
    ids = all.map((each) => each.id).filter(Boolean);
  for (const drawing of all.filter((each) => each.hasClass('drawn'))) drawing.again?.();
  for (const id of ids.filter((each, i) => ids.indexOf(each) !== i)) complain(`two elements are called ${id}`);
  let level = 0;
  for (const each of main.elements()) {
    const heading = /^h([1-6])$/.exec(each.name);
    if (heading) {
      if (Number(heading[1]) > level + 1) complain(`a heading of level ${heading[1]} below one of level ${level}`);
      level = Number(heading[1]);
      if (!each.textContent.trim()) complain('a heading without words');
    }
    const {href, for: labels} = each.attributes;
    if (href?.startsWith('#') && !ids.includes(href.slice(1))) complain(`a link to ${href}, which is not there`);
    if (href && !href.startsWith('#')) complain(`a link to ${href}`);
    if (labels && !ids.includes(labels)) complain(`a label of ${labels}, which is not there`);
    if (each.name === 'svg' && !each.attributes['aria-hidden'] && !each.attributes['aria-label'])
      complain('a picture without words');
    if (each.name === 'button' && !each.textContent.trim()) complain('a button without words');
    for (const text of Object.values(each.attributes))
      if (/NaN|undefined|\[object/.test(text)) complain(`an attribute is ${text}`);
  }
  if (/undefined|NaN|\[object/.test(main.textContent))
    complain(`says ${/.{0,40}(undefined|NaN|\[object).{0,40}/.exec(main.textContent)[0]}`);
  theme.listeners.click();
  let walked = 0;
  for (const player of all.filter((each) => each.hasClass('player'))) {
    const button = (text) => player.elements().find((each) => each.name === 'button' && each.textContent === text);
    button('Start').listeners.click();
    const next = button('Next'),
      most = 10000;
    while (!next.disabled && walked < most) {
      next.listeners.click();
      walked += 1;
    }
    if (walked === 0) complain('a player without steps');
  }
  const pictures = main.elements().filter((each) => each.name === 'svg').length;
  console.log(`${main.elements().length} elements, ${walked} steps, ${pictures} pictures`);
}
for (const each of problems) console.error(each);
process.exit(problems.length === 0 ? 0 : 1);
