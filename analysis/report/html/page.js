// The page: the document that C++ wrote, drawn.

const makers = {run: runsPage, size: sizePage, compare: comparePage, check: checkPage};

function switchTheme(button) {
  const root = document.documentElement;
  const dark = () =>
    (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const say = () => {
    button.textContent = dark() ? 'Light page' : 'Dark page';
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    say();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', say);
  say();
}

function start() {
  const data = JSON.parse(document.getElementById('data').textContent);
  const main = document.getElementById('main');
  main.append(...makers[data.kind](data));
  switchTheme(document.getElementById('theme'));
  for (const drawn of document.querySelectorAll('.drawn')) drawn.again();
  window.addEventListener('beforeprint', () => {
    for (const drawn of document.querySelectorAll('.drawn')) drawn.again();
  });
}

if (typeof document !== 'undefined') start();
